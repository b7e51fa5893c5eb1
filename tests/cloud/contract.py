#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares exchanges that tests had with a cloud with include/cloud/openapi.yaml.

    contract.py OPENAPI LOG seen|all
    contract.py OPENAPI routes

LOG has one JSON object a line: method, path, status, headers, body and, for JSON requests, request. Every answer
must have a documented route, status, media type, headers and body; nothing in it may be undocumented. A request
that was accepted must be what the document says of requests. With "all", every documented status of every route
must have been seen, too. Python's standard library and PyYAML only.

"routes" prints a line for each operation, for tests that must leave none out; its fields are separated by tabs:
method, path, who may (none, session or till), media type of the body or "-", "key" if it needs an Idempotency-Key
or "-", the slugs of its 403 and 404, separated by commas, or "-", and the example of its JSON body or "-".
"""
import json
import re
import sys

import yaml

METHODS = ("get", "put", "post", "delete", "patch", "head", "options")


class Mismatch(Exception):
    pass


class Contract:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.root = yaml.safe_load(file)
        self.base = "/" + self.root["servers"][0]["url"].split("/", 3)[3]
        self.routes = []
        for pattern, item in self.root["paths"].items():
            matcher = re.compile("^" + re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(self.base + pattern)) + "$")
            self.routes.append((pattern, matcher, {m: item[m] for m in METHODS if m in item}))

    def resolve(self, node):
        while isinstance(node, dict) and "$ref" in node:
            at = self.root
            for step in node["$ref"][2:].split("/"):
                at = at[step]
            node = at
        return node

    def find(self, method, path):
        path = path.split("?")[0]
        for pattern, matcher, operations in self.routes:
            if matcher.match(path):
                return pattern, operations.get(method.lower()), True
        return path, None, False

    # ------------------------------------------------------------ the part of JSON Schema that the document uses
    TYPES = {
        "object": lambda v: isinstance(v, dict),
        "array": lambda v: isinstance(v, list),
        "string": lambda v: isinstance(v, str),
        "boolean": lambda v: isinstance(v, bool),
        "null": lambda v: v is None,
        "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    }

    def check(self, value, schema, where):
        schema = self.resolve(schema)
        kinds = schema.get("type")
        if kinds is not None:
            kinds = kinds if isinstance(kinds, list) else [kinds]
            if not any(self.TYPES[kind](value) for kind in kinds):
                raise Mismatch(f"{where}: {value!r} is not {' or '.join(kinds)}")
        if "const" in schema and value != schema["const"]:
            raise Mismatch(f"{where}: {value!r} is not {schema['const']!r}")
        if "enum" in schema and value not in schema["enum"]:
            raise Mismatch(f"{where}: {value!r} is none of {schema['enum']}")
        if isinstance(value, str):
            self.check_string(value, schema, where)
        elif isinstance(value, int) and not isinstance(value, bool):
            if value < schema.get("minimum", value) or value > schema.get("maximum", value):
                raise Mismatch(f"{where}: {value} is out of range")
        elif isinstance(value, list):
            if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
                raise Mismatch(f"{where}: {len(value)} items")
            for index, part in enumerate(value):
                if "items" in schema:
                    self.check(part, schema["items"], f"{where}[{index}]")
        elif isinstance(value, dict):
            for name in schema.get("required", ()):
                if name not in value:
                    raise Mismatch(f"{where}: {name} is missing")
            for name, part in schema.get("properties", {}).items():
                if name in value:
                    self.check(value[name], part, f"{where}.{name}")
        if "oneOf" in schema and sum(self.fits(value, part) for part in schema["oneOf"]) != 1:
            raise Mismatch(f"{where}: {value!r} is not exactly one of what it may be")
        for part in schema.get("allOf", ()):
            if "if" in part:
                if self.fits(value, part["if"]):
                    self.check(value, part["then"], where)
            else:
                self.check(value, part, where)

    def check_string(self, value, schema, where):
        if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
            raise Mismatch(f"{where}: {len(value)} characters")
        if "pattern" in schema and not re.search(schema["pattern"].replace("$", r"\Z"), value):
            raise Mismatch(f"{where}: {value!r} does not match {schema['pattern']}")

    def fits(self, value, schema):
        try:
            self.check(value, schema, "")
            return True
        except Mismatch:
            return False

    def documented_members(self, schema):
        schema = self.resolve(schema)
        members = dict(schema.get("properties", {}))
        for part in schema.get("allOf", ()):
            if "if" not in part:
                members.update(self.documented_members(part))
        return members

    def check_no_more(self, value, schema, where):
        """Nothing undocumented in an answer: a client may ignore it, but it would not be the contract any more."""
        schema = self.resolve(schema)
        if isinstance(value, dict):
            members = self.documented_members(schema)
            for name, part in value.items():
                if name not in members:
                    raise Mismatch(f"{where}.{name} is not documented")
                self.check_no_more(part, members[name], f"{where}.{name}")
        elif isinstance(value, list) and "items" in schema:
            for index, part in enumerate(value):
                self.check_no_more(part, schema["items"], f"{where}[{index}]")

    # ------------------------------------------------------------ one exchange
    def check_headers(self, headers, documented, where):
        for name, rule in documented.items():
            rule = self.resolve(rule)
            value = headers.get(name.lower())
            if value is None:
                raise Mismatch(f"{where}: header {name} is missing")
            if self.resolve(rule["schema"]).get("type") == "integer":
                value = int(value)
            self.check(value, rule["schema"], f"{where}: {name}")
        if "date" not in headers:
            raise Mismatch(f"{where}: header Date is missing")

    def check_exchange(self, entry):
        """Returns (route, status) if that is documented for a route, None for the answers every route may give."""
        pattern, operation, known_path = self.find(entry["method"], entry["path"])
        status = str(entry["status"])
        where = f"{entry['method']} {pattern} {status}"
        headers = {name.lower(): value for name, value in entry["headers"].items()}
        media = headers.get("content-type", "")
        if "\ufffd" in entry["body"]:
            raise Mismatch(f"{where}: the answer is not UTF-8")
        if operation is None:
            expected = "method-not-allowed" if known_path else "not-found"
            body = json.loads(entry["body"])
            self.check(body, {"$ref": "#/components/schemas/Problem"}, where)
            if body["type"] != "urn:factorycloud:problem:" + expected or media != "application/problem+json":
                raise Mismatch(f"{where}: not {expected}")
            if known_path and "allow" not in headers:
                raise Mismatch(f"{where}: Allow is missing")
            return None
        if status not in operation["responses"]:
            raise Mismatch(f"{where}: this status is not documented: {entry['body'][:200]}")
        response = self.resolve(operation["responses"][status])
        self.check_headers(headers, response.get("headers", {}), where)
        content = response.get("content")
        if not content:
            if entry["body"]:
                raise Mismatch(f"{where}: a body where none is documented")
        else:
            if media not in content:
                raise Mismatch(f"{where}: Content-Type {media!r} is not documented")
            if media == "application/x-ndjson":
                self.check_lines(entry["body"], content[media], where)
            else:
                self.check_body(entry["body"], content[media]["schema"], where)
            if media == "application/problem+json":
                self.check_slug(json.loads(entry["body"]), response, where)
        if status.startswith("2") and "request" in entry:
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            self.check(json.loads(entry["request"]), schema, f"{where} (accepted request)")
        return f"{entry['method']} {pattern}", status

    def check_body(self, text, schema, where):
        body = json.loads(text)
        self.check(body, schema, where)
        self.check_no_more(body, schema, where)
        return body

    def check_lines(self, text, media, where):
        """The first line is ours, the others are somebody's data, who may have put more into them."""
        if not text.endswith("\n"):
            raise Mismatch(f"{where}: the last line does not end")
        first, *lines = text[:-1].split("\n")
        if self.check_body(first, media["x-first-line"], f"{where}: line 1")["count"] != len(lines):
            raise Mismatch(f"{where}: {len(lines)} lines are not `count`")
        for number, line in enumerate(lines, 2):
            self.check(json.loads(line), media["x-line"], f"{where}: line {number}")

    def check_slug(self, body, response, where):
        slug = body["type"].rsplit(":", 1)[1]
        if f"`{slug}`" not in response["description"]:
            raise Mismatch(f"{where}: {slug} is not documented for this status")

    def documented(self):
        for pattern, _, operations in self.routes:
            for method, operation in operations.items():
                for status in operation["responses"]:
                    yield f"{method.upper()} {pattern}", status

    # ------------------------------------------------------------ the operations as a table
    def refusals(self, operation):
        slugs = [name.rsplit(":", 1)[1] for name in self.root["components"]["schemas"]["Problem"]["properties"]["type"]["enum"]]
        for status in ("403", "404"):
            description = self.resolve(operation["responses"].get(status, {})).get("description", "")
            for word in re.findall("`([a-z-]+)`", description):
                if word in slugs:
                    yield word

    def print_routes(self):
        for pattern, _, operations in self.routes:
            for method, operation in operations.items():
                who = operation.get("security", self.root["security"])
                if len(who) > 1:
                    raise Mismatch(f"{method} {pattern}: more than one kind of credential")
                parameters = [self.resolve(one)["name"] for one in operation.get("parameters", ())]
                content = operation.get("requestBody", {}).get("content", {})
                media = next(iter(content), "-")
                example = json.dumps(content[media]["example"]) if "example" in content.get(media, {}) else "-"
                print(
                    method.upper(), self.base + pattern, next(iter(who[0])) if who else "none", media,
                    "key" if "Idempotency-Key" in parameters else "-", ",".join(self.refusals(operation)) or "-",
                    example, sep="\t")


def main():
    contract = Contract(sys.argv[1])
    if sys.argv[2] == "routes":
        contract.print_routes()
        return 0
    seen = set()
    failures = []
    count = 0
    # Requests of the tests may be no UTF-8, on purpose; of answers see check_exchange().
    with open(sys.argv[2], encoding="utf-8", errors="replace") as log:
        for line in log:
            entry = json.loads(line)
            if entry["path"].startswith("/_faults"):
                continue
            count += 1
            try:
                seen.add(contract.check_exchange(entry))
            except (Mismatch, ValueError, KeyError, TypeError) as failure:
                failures.append(f"{entry['method']} {entry['path']} {entry['status']}: {failure!r}")
    documented = set(contract.documented())
    missing = sorted(documented - seen) if sys.argv[3] == "all" else []
    for failure in failures[:20]:
        print("contract:", failure, file=sys.stderr)
    for route, status in missing:
        print(f"contract: never seen: {route} {status}", file=sys.stderr)
    print(f"contract: {count} exchanges, {len(failures)} not as documented; "
          f"{len(documented & seen)} of {len(documented)} documented answers seen")
    return 1 if failures or missing or (sys.argv[3] == "all" and count == 0) else 0


if __name__ == "__main__":
    sys.exit(main())
