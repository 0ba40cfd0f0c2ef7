#!/bin/sh
# A source made of scim2-cli: each action is some calls of `scim`, and every request is scim2-cli's.
# It needs jq, and is judged with `provisor conform source --on any 'sh judge/foreign/push.sh'`.
set -eu
export SCIM_CLI_URL="$SCIM_BASE_URL" SCIM_CLI_HEADERS="Authorization: Bearer $SCIM_TOKEN"
USER=urn:ietf:params:scim:schemas:core:2.0:User
GROUP=urn:ietf:params:scim:schemas:core:2.0:Group
WORK=urn:ietf:params:scim:schemas:extension:enterprise:2.0:User

# A person or group of the source, by the name that people see.
person() { jq -ce --arg name "$1" '.people[] | select(.userName == $name)' "$PROVISOR_DIRECTORY"; }
group() { jq -ce --arg name "$1" '.groups[] | select(.displayName == $name)' "$PROVISOR_DIRECTORY"; }

# look TYPE ATTRIBUTE TEXT: the resource that the provider has, or nothing.
look() {
    found=$(scim query "$1" --filter "$2 eq $(jq -n --arg text "$3" '$text')" </dev/null)
    printf %s "$found" | jq -c '.Resources[0] // empty'
}

id() { # of a person or group that is there
    found=$(look "$@")
    [ -n "$found" ] || { echo "nobody has the $2 $3" >&2; exit 1; }
    printf %s "$found" | jq -r .id
}

change() { # TYPE ID OPERATION...: nothing else is read
    scim modify "$@" </dev/null >/dev/null
}

write() { # makes a person be there, as the source has them
    body=$(person "$1" | jq -c --arg user "$USER" --arg work "$WORK" '{
        schemas: [$user, $work], userName, externalId, displayName, title, active,
        name: {givenName, familyName},
        emails: [{type: "work", value: .email, primary: true}],
        ($work): {department}}')
    there=$(look user userName "$1")
    if [ -z "$there" ]; then
        printf %s "$body" | scim create user >/dev/null
    else
        change user "$(printf %s "$there" | jq -r .id)" replace "" "$(printf %s "$body" | jq -c 'del(.schemas)')"
    fi
}

regroup() { # makes the provider's group have the source's members
    there=$(look group displayName "$1")
    had=$(printf %s "$there" | jq -c '[.members[]?.value]')
    has='[]'
    for name in $(group "$1" | jq -r '.members[]'); do
        there_id=$(look user userName "$name" | jq -r .id)
        [ -n "$there_id" ] || { write "$name"; there_id=$(id user userName "$name"); }
        has=$(printf %s "$has" | jq -c --arg id "$there_id" '. + [$id]')
    done
    set -- group "$(printf %s "$there" | jq -r .id)"
    come=$(jq -cn --argjson had "$had" --argjson has "$has" '$has - $had | map({value: .})')
    [ "$come" = "[]" ] || set -- "$@" add members "$come"
    for gone in $(jq -rn --argjson had "$had" --argjson has "$has" '($had - $has)[]'); do
        set -- "$@" remove "members[value eq \"$gone\"]"
    done
    [ $# -eq 2 ] || change "$@"
}

create_group() {
    there=$(look group displayName "$1")
    [ -n "$there" ] || group "$1" |
        jq -c --arg group "$GROUP" '{schemas: [$group], displayName, externalId}' |
        scim create group >/dev/null
}

user() { id user userName "$PROVISOR_PERSON"; }
of() { person "$PROVISOR_PERSON" | jq -r ".$1"; }

case $PROVISOR_ACTION in
create-user | name-clash) write "$PROVISOR_PERSON" ;;
update-user) change user "$(user)" replace name.familyName "$(of familyName)" \
    replace displayName "$(of displayName)" replace title "$(of title)" ;;
clear-value) change user "$(user)" remove title ;;
change-email) change user "$(user)" replace 'emails[type eq "work"].value' "$(of email)" ;;
set-manager) change user "$(user)" add "$WORK:manager" "{\"value\": \"$(id user userName "$(of manager)")\"}" ;;
clear-manager) change user "$(user)" remove "$WORK:manager" ;;
deactivate-user | reactivate-user) change user "$(user)" replace active "$(of active)" ;;
create-group) create_group "$PROVISOR_GROUP" ;;
add-members | remove-members) regroup "$PROVISOR_GROUP" ;;
rename-group) change group "$(id group externalId "$(group "$PROVISOR_GROUP" | jq -r .externalId)")" \
    replace displayName "$PROVISOR_GROUP" ;;
delete-group) scim delete group "$(id group displayName "$PROVISOR_GROUP")" </dev/null ;;
special-characters) write "$PROVISOR_PERSON" && create_group "$PROVISOR_GROUP" && regroup "$PROVISOR_GROUP" ;;
delete-user) scim delete user "$(user)" </dev/null ;;
*) echo "this source cannot do $PROVISOR_ACTION" >&2 && exit 1 ;;
esac
