"""A custom source: makes a SCIM service provider have the people and groups of a file."""
import email.utils, json, os, sys, time, urllib.error, urllib.request
BASE, TOKEN = os.environ["SCIM_BASE_URL"], os.environ["SCIM_TOKEN"]
CORE = "urn:ietf:params:scim:schemas:core:2.0:"
WORK = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

class Stay(urllib.request.HTTPRedirectHandler):  # the token goes to no other host
    def redirect_request(self, *_): return None

def send(method, path, body=None):
    headers = {"Authorization": f"Bearer {TOKEN}", "Accept": "application/scim+json",
               "User-Agent": os.environ.get("SCIM_USER_AGENT", "sample-source/1.0"),
               **({"Content-Type": "application/scim+json"} if body else {})}
    for attempt in range(6):
        data = json.dumps(body).encode() if body else None
        request = urllib.request.Request(BASE + path, data, headers, method=method)
        try:
            with urllib.request.build_opener(Stay).open(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as error:
            if error.code not in (429, 503): return error.code, {}
            after = error.headers.get("Retry-After") or str(0.2 * 2**attempt)
            date = email.utils.parsedate_to_datetime(after).timestamp() if ":" in after else None
            time.sleep(max(0, date - time.time()) + 0.5 if date else float(after) + 0.1)
        except OSError: return 0, {}  # nobody knows whether it was done: look before repeating
    return 503, {}

def everything(endpoint):
    found, page = [], [None]
    while page:  # a page without resources is the end, whatever totalResults says
        _, answer = send("GET", f"{endpoint}?startIndex={len(found) + 1}&count=100")
        found += (page := answer.get("Resources", []))
    return found

def changes(now, want, at=""):
    for key, new in want.items():
        old, path = now.get(key), at + key
        if key == "manager": old = old and {"value": old["value"]}
        if key in ("name", WORK): yield from changes(old or {}, new, key + ".:"[key == WORK])
        elif key == "members":
            old, new = ({one["value"] for one in members or []} for members in (old, new))
            if new - old: yield {"op": "add", "path": key, "value": [{"value": i} for i in new - old]}
            yield from ({"op": "remove", "path": f'members[value eq "{i}"]'} for i in old - new)
        elif key == "emails" and old:
            if all(one["value"] != new[0]["value"] for one in old):
                yield {"op": "replace", "path": 'emails[type eq "work"].value', "value": new[0]["value"]}
        elif old != new and new is None: yield {"op": "remove", "path": path}
        elif old != new: yield {"op": "replace", "path": path, "value": new}

def keep(kind, name, want, there):
    same = lambda one: want["externalId"] == one.get("externalId") or want[name] == one[name]
    now, status = next(filter(same, there), None), 0
    if now is None:
        schemas = [CORE + kind[1:-1]] + [WORK] * (WORK in want)
        status, now = send("POST", kind, {"schemas": schemas, **want})
        now = now if now.get("id") else next(filter(same, everything(kind)), None)  # 409, or lost
    operations = list(changes(now, want)) if now else []
    if operations:
        status, _ = send("PATCH", f"{kind}/{now['id']}", {"Operations": operations,
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]})
    if not now or status >= 300: sys.exit(f"{want[name]} was answered with {status}")
    return now

source = json.load(open(os.environ["PROVISOR_DIRECTORY"]))
there, groups, ids = everything("/Users"), everything("/Groups"), {}
for person in source["people"]:
    want = {key: person[key] for key in ("userName", "externalId", "displayName", "title", "active")}
    want["name"] = {key: person[key] for key in ("givenName", "familyName")}
    want["emails"] = [{"type": "work", "value": person["email"], "primary": True}]
    want[WORK] = {"department": person["department"]}
    ids[person["userName"]] = now = keep("/Users", "userName", want, there)
for person in source["people"]:  # now everybody has an id, managers too
    manager = ids[person["manager"]]["id"] if person["manager"] else None
    now = ids[person["userName"]]
    keep("/Users", "userName", {"userName": now["userName"], "externalId": person["externalId"],
         WORK: {"manager": manager and {"value": manager}}}, [{**now, "externalId": person["externalId"]}])
for group in source["groups"]:
    members = [{"value": ids[name]["id"]} for name in group["members"]]
    keep("/Groups", "displayName", {**group, "members": members}, groups)
for one in there:  # who left
    if one.get("externalId", "").startswith("hr-") and one["id"] not in {n["id"] for n in ids.values()}:
        keep("/Users", "userName", {"userName": one["userName"], "externalId": one["externalId"], "active": False}, [one])
for one in groups:
    if one["externalId"] not in {group["externalId"] for group in source["groups"]}:
        send("DELETE", f"/Groups/{one['id']}")
