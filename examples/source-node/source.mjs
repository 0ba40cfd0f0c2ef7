// A custom source: makes a SCIM service provider have the people and groups of a file.
import { readFileSync } from "node:fs";
const { SCIM_BASE_URL: base, SCIM_TOKEN: token, SCIM_USER_AGENT: agent, PROVISOR_DIRECTORY: file } = process.env;
const WORK = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const CORE = "urn:ietf:params:scim:schemas:core:2.0:";
const SCHEMAS = { "/Users": [CORE + "User", WORK], "/Groups": [CORE + "Group"] };
const sleep = (seconds) => new Promise((done) => setTimeout(done, Math.max(0, seconds) * 1000));
async function send(method, path, body) {
  const kind = "application/scim+json";
  const headers = { Authorization: `Bearer ${token}`, Accept: kind, "Content-Type": kind, "User-Agent": agent ?? "sample-source/1.0" };
  for (let attempt = 0; attempt < 6; attempt++) {
    let answer;
    // The token goes to no other host. If it fails, nobody knows whether it was done.
    try { answer = await fetch(base + path, { method, headers, body: body && JSON.stringify(body), redirect: "manual" }); } catch { return [0, {}]; }
    if (answer.status !== 429 && answer.status !== 503) return [answer.status, await answer.json().catch(() => ({}))];
    const after = answer.headers.get("retry-after") ?? String(0.2 * 2 ** attempt);
    await sleep((after.includes(":") ? (Date.parse(after) - Date.now()) / 1000 : Number(after)) + 0.5);
  }
  return [503, {}];
}
async function everything(endpoint) {
  for (const found = []; ; ) { // a page without resources is the end, whatever totalResults says
    const [status, { Resources: page = [] }] = await send("GET", `${endpoint}?startIndex=${found.length + 1}&count=100`);
    if (status !== 200 && status !== 404) throw new Error(`GET ${endpoint} was answered with ${status}`);
    if (page.length === 0) return found;
    found.push(...page);
  }
}
function* changes(now, want, at = "") {
  for (const [key, value] of Object.entries(want)) {
    const path = at + key;
    const old = key === "manager" && now[key] ? { value: now[key].value } : now[key] ?? null;
    if (key === "name" || key === WORK) yield* changes(old ?? {}, value, key + (key === WORK ? ":" : "."));
    else if (key === "members") {
      const [had, has] = [old ?? [], value].map((list) => list.map((one) => one.value));
      const added = has.filter((id) => !had.includes(id)).map((value) => ({ value }));
      if (added.length > 0) yield { op: "add", path, value: added };
      for (const id of had.filter((id) => !has.includes(id))) yield { op: "remove", path: `members[value eq "${id}"]` };
    } else if (key === "emails" && old) yield* changes({ value: old[0].value }, { value: value[0].value }, 'emails[type eq "work"].');
    else if (JSON.stringify(old) !== JSON.stringify(value)) yield value === null ? { op: "remove", path } : { op: "replace", path, value };
  }
}
async function keep(endpoint, name, want) {
  const same = (one) => one.externalId === want.externalId || one[name] === want[name];
  let [status, now] = [200, there[endpoint].find(same)];
  if (!now) {
    [status, now] = await send("POST", endpoint, { schemas: SCHEMAS[endpoint], ...want });
    if (!now.id) now = (await everything(endpoint)).find(same); // 409, or a lost answer
  }
  const operations = now ? [...changes(now, want)] : [];
  if (operations.length > 0) [status] = await send("PATCH", `${endpoint}/${now.id}`, { schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations: operations });
  if (!now || (operations.length > 0 && (status < 200 || status > 299))) throw new Error(`${want[name]} was answered with ${status}`);
  return now.id;
}
async function person({ givenName, familyName, email, department, manager, ...want }) {
  const boss = manager && { value: await person(named[manager]) }; // a manager needs an id first
  const emails = [{ type: "work", value: email, primary: true }];
  return (ids[want.userName] ??= await keep("/Users", "userName", { ...want, name: { givenName, familyName }, emails, [WORK]: { department, manager: boss } }));
}
const { people, groups } = JSON.parse(readFileSync(file, "utf8"));
const [ids, there, named] = [{}, {}, Object.fromEntries(people.map((one) => [one.userName, one]))];
for (const endpoint in SCHEMAS) there[endpoint] = await everything(endpoint);
for (const one of people) await person(one);
for (const one of groups) await keep("/Groups", "displayName", { ...one, members: one.members.map((name) => ({ value: ids[name] })) });
const left = (one) => one.externalId?.startsWith("hr-") && ![...people, ...groups].some((other) => other.externalId === one.externalId);
for (const { userName, externalId } of there["/Users"].filter(left)) await keep("/Users", "userName", { userName, externalId, active: false });
for (const { id } of there["/Groups"].filter(left)) await send("DELETE", `/Groups/${id}`);
