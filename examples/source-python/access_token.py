"""Gets an access token by client credentials (RFC 6749, 4.4) and prints it."""
import json, os, sys, time, urllib.error, urllib.parse, urllib.request
FORM = {"grant_type": "client_credentials", "client_id": os.environ["SCIM_CLIENT_ID"],
        "client_secret": os.environ["SCIM_CLIENT_SECRET"]}
for attempt in range(5):
    try:
        form = urllib.parse.urlencode(FORM).encode()
        request = urllib.request.Request(os.environ["SCIM_TOKEN_URL"], form, {"User-Agent": "sample-source/1.0"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            print(json.load(answer)["access_token"])
            break
    except urllib.error.HTTPError as error:
        if error.code not in (429, 503): sys.exit(f"the token endpoint answered {error.code}: {error.read().decode()}")
        time.sleep(float(error.headers.get("Retry-After") or 0.5 * 2**attempt))
else:
    sys.exit("the token endpoint is not there")
