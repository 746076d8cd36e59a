// What does ical.js (Thunderbird's reader) understand of a feed?
// stdin: {"ics": text, "walls": {tzid: ["2010-11-09T10:00:00"]}}
// stdout: {"events": {uid: [start, end] in seconds since 1970}, "texts": {uid: [summary,
//          description]}, "more": {uid: [status, place]},
//          "offsets": {tzid: [seconds east of UTC at each wall time]},
//          "entries": {uid: [of to-dos and journals: kind, and five values as they are written]}}
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const { ics, walls } = JSON.parse(readFileSync(0, "utf8"));
const calendar = new ICAL.Component(ICAL.parse(ics));
const events = {};
const texts = {};
const more = {};
const offsets = {};
const entries = {};

for (const component of calendar.getAllSubcomponents("vevent")) {
  const event = new ICAL.Event(component);
  events[event.uid] = [event.startDate.toUnixTime(), event.endDate.toUnixTime()];
  texts[event.uid] = [event.summary, event.description];
  more[event.uid] = [component.getFirstPropertyValue("status"), event.location ?? ""];
}
for (const component of calendar.getAllSubcomponents("vtimezone")) {
  const zone = new ICAL.Timezone(component);
  offsets[zone.tzid] = (walls[zone.tzid] ?? []).map((wall) =>
    zone.utcOffset(ICAL.Time.fromDateTimeString(wall)),
  );
}
for (const kind of ["vtodo", "vjournal"]) {
  for (const component of calendar.getAllSubcomponents(kind)) {
    const names = ["summary", "description", "status", "related-to"];
    const day = component.getFirstPropertyValue(kind === "vtodo" ? "due" : "dtstart");
    entries[component.getFirstPropertyValue("uid")] = [
      kind.toUpperCase(),
      ...names.map((name) => component.getFirstPropertyValue(name) ?? ""),
      day?.toString() ?? "",
    ];
  }
}
process.stdout.write(JSON.stringify({ events, texts, more, offsets, entries }));
