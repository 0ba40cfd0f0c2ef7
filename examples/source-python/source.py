"""A custom source: makes a SCIM service provider have the people and groups of a file."""
import email.utils, json, os, sys, time, urllib.error, urllib.request
BASE, TOKEN = os.environ["SCIM_BASE_URL"], os.environ["SCIM_TOKEN"]
WORK = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
CORE = "urn:ietf:params:scim:schemas:core:2.0:"
SCHEMAS = {"/Users": [CORE + "User", WORK], "/Groups": [CORE + "Group"]}
class Stay(urllib.request.HTTPRedirectHandler):  # the token goes to no other host
    def redirect_request(self, *_): return None
def send(method, path, body=None):
    kind, data = "application/scim+json", json.dumps(body).encode() if body else None
    headers = {"Authorization": f"Bearer {TOKEN}", "Accept": kind, "Content-Type": kind,
               "User-Agent": os.environ.get("SCIM_USER_AGENT", "sample-source/1.0")}
    for attempt in range(6):
        request = urllib.request.Request(BASE + path, data, headers, method=method)
        try:
            with urllib.request.build_opener(Stay).open(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as error:
            if error.code not in (429, 503): return error.code, {}
            after = error.headers.get("Retry-After") or str(0.2 * 2**attempt)
            if ":" in after: after = email.utils.parsedate_to_datetime(after).timestamp() - time.time()
            time.sleep(max(0, float(after)) + 0.5)
        except OSError: return 0, {}  # nobody knows whether it was done: look before repeating
    return 503, {}
def everything(endpoint):
    found, page = [], [None]
    while page:  # a page without resources is the end, whatever totalResults says
        status, answer = send("GET", f"{endpoint}?startIndex={len(found) + 1}&count=100")
        if status not in (200, 404): sys.exit(f"GET {endpoint} was answered with {status}")
        found += (page := answer.get("Resources", []))
    return found
def changes(now, want, at=""):
    for key, new in want.items():
        old, path = now.get(key), at + key
        if key == "manager" and old: old = {"value": old["value"]}
        if key in ("name", WORK): yield from changes(old or {}, new, key + (":" if key == WORK else "."))
        elif key == "members":
            old, new = ({one["value"] for one in members or []} for members in (old, new))
            if new - old: yield {"op": "add", "path": key, "value": [{"value": one} for one in new - old]}
            yield from ({"op": "remove", "path": f'members[value eq "{one}"]'} for one in old - new)
        elif key == "emails" and old: yield from changes({"value": old[0]["value"]}, {"value": new[0]["value"]}, 'emails[type eq "work"].')
        elif old != new: yield {"op": "replace", "path": path, "value": new} if new is not None else {"op": "remove", "path": path}
def keep(endpoint, name, want):
    same = lambda one: one.get("externalId") == want["externalId"] or one[name] == want[name]
    status, now = 200, next(filter(same, there[endpoint]), None)
    if not now:
        status, now = send("POST", endpoint, {"schemas": SCHEMAS[endpoint], **want})
        now = now if "id" in now else next(filter(same, everything(endpoint)), None)  # 409, or lost
    if operations := list(changes(now, want)) if now else []:
        status, _ = send("PATCH", f"{endpoint}/{now['id']}", {"Operations": operations,
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]})
    if not now or operations and not 200 <= status < 300: sys.exit(f"{want[name]} was answered with {status}")
    return now["id"]
def person(one):
    if one["userName"] not in ids:
        manager = one["manager"] and {"value": person(named[one["manager"]])}  # a manager needs an id first
        want = {key: one[key] for key in ("userName", "externalId", "displayName", "title", "active")}
        want["name"] = {key: one[key] for key in ("givenName", "familyName")}
        want["emails"] = [{"type": "work", "value": one["email"], "primary": True}]
        ids[one["userName"]] = keep("/Users", "userName", {**want, WORK: {"department": one["department"], "manager": manager}})
    return ids[one["userName"]]
source, ids, there = json.load(open(os.environ["PROVISOR_DIRECTORY"])), {}, {end: everything(end) for end in SCHEMAS}
named, known = {one["userName"]: one for one in source["people"]}, {one["externalId"] for one in source["people"] + source["groups"]}
for one in source["people"]: person(one)
for one in source["groups"]: keep("/Groups", "displayName", {**one, "members": [{"value": ids[name]} for name in one["members"]]})
for end in SCHEMAS:  # what left
    for one in [one for one in there[end] if one.get("externalId", "").startswith("hr-") and one["externalId"] not in known]:
        if end == "/Groups": send("DELETE", f"/Groups/{one['id']}")
        else: keep(end, "userName", {"userName": one["userName"], "externalId": one["externalId"], "active": False})
