# Prints the table of the driver: the generated modules below "$1/wechat".
printf 'use crate::{Types, there_and_back};\n\npub(crate) const ALL: &[Types] = &[\n'
cd "$1"
grep -rl '^pub const PATH' wechat | sort | while IFS= read -r file; do
    module=crate::$(printf '%s' "${file%.rs}" | sed 's|/|::|g')
    side() { if grep -q "^pub struct $1 " "$file"; then printf 'Some(there_and_back::<%s::%s>)' "$module" "$1"; else printf None; fi; }
    printf '    Types { method: %s::METHOD, path: %s::PATH, request: %s, response: %s },\n' \
        "$module" "$module" "$(side Request)" "$(side Response)"
done
printf '];\n'
