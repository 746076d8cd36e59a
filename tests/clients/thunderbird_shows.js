// What does Thunderbird have of a calendar it follows? Runs in it, with its own rights.
// arguments: `list` or `refresh`, the calendar's id, and who is told the answer: its events, or
// whether it is enabled and has asked and noted no error.
const [word, id, answer] = arguments;
const { cal } = ChromeUtils.importESModule("resource:///modules/calendar/calUtils.sys.mjs");
const { setTimeout } = ChromeUtils.importESModule("resource://gre/modules/Timer.sys.mjs");
const { ConnectionNotifications } = ChromeUtils.importESModule(
  "resource:///modules/ConnectionNotifications.sys.mjs",
);
// It pops up a desktop's notification, fails where there is no desktop, and asks no more then.
ConnectionNotifications.connectionFailed = () => {};
const calendar = cal.manager.getCalendars().find((one) => one.id === id);
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// What it asks as it starts may be under way still: so only an end after a new question counts.
async function asked() {
  let began = false;
  let ended = false;
  const question = (subject) => {
    began ||= subject.QueryInterface(Ci.nsIChannel).URI.spec === calendar.uri.spec;
  };
  const nothing = () => {};
  const observer = {
    QueryInterface: ChromeUtils.generateQI(["calIObserver"]),
    onLoad: () => (ended ||= began),
    ...Object.fromEntries(
      [
        "onStartBatch", "onEndBatch", "onAddItem", "onModifyItem", "onDeleteItem", "onError",
        "onPropertyChanged", "onPropertyDeleting",
      ].map((name) => [name, nothing]),
    ),
  };
  calendar.addObserver(observer);
  Services.obs.addObserver(question, "http-on-modify-request");
  for (let turn = 0; !ended; turn++) {
    if (turn % 50 === 0 && !began) {
      calendar.refresh();
    }
    await sleep(20);
  }
  Services.obs.removeObserver(question, "http-on-modify-request");
  calendar.removeObserver(observer);
}

async function refresh() {
  const enabled = () => !calendar.getProperty("disabled");
  if (enabled()) {
    await asked();
  }
  return enabled() && Components.isSuccessCode(calendar.getProperty("currentStatus"));
}

const moment = (one) => (one.isDate ? one.icalString : one.nativeTime / 1e6);

async function list() {
  const events = await calendar.getItemsAsArray(calendar.ITEM_FILTER_ALL_ITEMS, 0, null, null);
  return events.map((one) => ({
    uid: one.id,
    start: moment(one.startDate),
    end: moment(one.endDate),
    summary: one.title,
    status: one.status,
    place: one.getProperty("LOCATION") ?? "",
    text: one.getProperty("DESCRIPTION"),
  }));
}

(word === "list" ? list() : refresh()).then(answer, (error) => answer(`${error} ${error.stack}`));
