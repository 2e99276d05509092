# Prints rows of the driver's table: the generated modules below "$1/wechat" of the crate $2.
cd "$1"
grep -rlE '^pub const (PATH|EVENT_TYPE):' wechat | sort | while IFS= read -r file; do
    module=$2::$(printf '%s' "${file%.rs}" | sed 's|/|::|g')
    side() { if grep -q "^pub struct $1 " "$file"; then printf 'Some(there_and_back::<%s::%s>)' "$module" "$1"; else printf None; fi; }
    if grep -q '^pub const EVENT_TYPE:' "$file"; then
        case $file in wechat/events/v2/*) version=V2 ;; *) version=V3 ;; esac
        printf 'Types::Event { version: Version::%s, event_type: %s::EVENT_TYPE, resource: there_and_back::<%s::Notification> },\n' \
            "$version" "$module" "$module"
    else
        notification=None
        if grep -q '^pub const EVENT_TYPES:' "$file"; then
            notification="Some(($module::EVENT_TYPES, there_and_back::<$module::Notification>))"
        fi
        printf 'Types::Operation { method: %s::METHOD, path: %s::PATH, request: %s, response: %s, notification: %s },\n' \
            "$module" "$module" "$(side Request)" "$(side Response)" "$notification"
    fi
done
