// A custom source: makes a SCIM service provider have the people and groups of a file.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual as equal } from "node:util";
const { SCIM_BASE_URL: base, SCIM_TOKEN: token, SCIM_USER_AGENT: agent, PROVISOR_DIRECTORY: file } = process.env;
const [KIND, URN] = ["application/scim+json", "urn:ietf:params:scim"], WORK = `${URN}:schemas:extension:enterprise:2.0:User`;
const SCHEMAS = { "/Users": [`${URN}:schemas:core:2.0:User`, WORK], "/Groups": [`${URN}:schemas:core:2.0:Group`] };
const headers = { Authorization: `Bearer ${token}`, "User-Agent": agent ?? "sample-source/1.0", Accept: KIND, "Content-Type": KIND };
async function send(method, path, body, may = [], attempt = 0) { // a failure ends the run; the next one looks what is there
  const answer = await fetch(base + path, { method, headers, body: body && JSON.stringify(body), redirect: "manual" }); // the token stays
  if ([429, 503].includes(answer.status) && attempt < 5) {
    const after = answer.headers.get("retry-after") ?? String(0.2 * 2 ** attempt);
    await sleep(Math.max(0, after.includes(":") ? Date.parse(after) - Date.now() : after * 1000) + 500);
    return send(method, path, body, may, attempt + 1);
  }
  if (!answer.ok && !may.includes(answer.status)) throw new Error(`${method} ${path} was answered with ${answer.status}`);
  return { status: answer.status, ...(answer.ok && answer.status !== 204 ? await answer.json() : {}) };
}
async function everything(endpoint, found = []) { // a page without resources is the end, whatever totalResults says
  const { Resources: page = [] } = await send("GET", `${endpoint}?startIndex=${found.length + 1}&count=100`, null, [404]);
  return page.length > 0 ? everything(endpoint, [...found, ...page]) : found;
}
function* differs(now, want) { // what others set stays
  for (let [key, value, old = now[key] ?? null] of Object.entries(want)) {
    if (Array.isArray(value)) value = [...value, ...(old ?? []).filter((one) => one.type !== value[0].type)];
    else if (value && typeof value === "object") value = Object.fromEntries(differs(old ?? {}, value));
    if (!equal(value, {}) && !equal(value, old)) yield [key, value];
  }
}
const patch = (path, Operations, may) => send("PATCH", path, { schemas: [`${URN}:api:messages:2.0:PatchOp`], Operations }, may);
async function regroup(path, op, who) {
  const half = who.length >> 1, remove = who.map((id) => ({ op, path: `members[value eq "${id}"]` }));
  const add = [{ op, path: "members", value: who.map((value) => ({ value })) }];
  if (who.length === 0 || (await patch(path, op === "add" ? add : remove, half ? [413] : [])).status !== 413) return;
  for (const part of [who.slice(0, half), who.slice(half)]) await regroup(path, op, part); // it was too much at once
}
async function keep(endpoint, name, want) {
  const same = (one) => one.externalId === want.externalId || one[name] === want[name];
  const now = there[endpoint].find(same) ?? (await send("POST", endpoint, { schemas: SCHEMAS[endpoint], ...want }));
  const value = Object.fromEntries(differs(now, want));
  if (!equal(value, {})) await patch(`${endpoint}/${now.id}`, [{ op: "replace", value }]);
  return now;
}
async function person({ givenName, familyName, email, department, manager, ...want }) { // gives the id; a manager needs one first
  const work = { department, manager: manager && { value: await person(named[manager]) } };
  const more = { name: { givenName, familyName }, emails: [{ type: "work", value: email, primary: true }], [WORK]: work };
  return (ids[want.userName] ??= (await keep("/Users", "userName", { ...want, ...more })).id);
}
const { people, groups } = JSON.parse(readFileSync(file, "utf8")), [ids, there] = [{}, {}];
const named = Object.fromEntries(people.map((one) => [one.userName, one])), known = [...people, ...groups].map((one) => one.externalId);
for (const endpoint in SCHEMAS) there[endpoint] = await everything(endpoint);
for (const one of people) await person(one);
for (const { members, ...want } of groups) {
  const now = await keep("/Groups", "displayName", want), had = (now.members ?? []).map((one) => one.value);
  await regroup(`/Groups/${now.id}`, "add", members.map((name) => ids[name]).filter((id) => !had.includes(id)));
  await regroup(`/Groups/${now.id}`, "remove", had.filter((id) => !members.some((name) => ids[name] === id)));
}
const left = (one) => one.externalId?.startsWith("hr-") && one.active !== false && !known.includes(one.externalId);
for (const { id } of there["/Users"].filter(left)) await patch(`/Users/${id}`, [{ op: "replace", path: "active", value: false }]);
for (const { id } of there["/Groups"].filter(left)) await send("DELETE", `/Groups/${id}`);
