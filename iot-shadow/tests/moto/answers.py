"""Random requests, and what moto's shadow service answers to them: a line of JSON each.

    python3 answers.py [requests] [seed] > answers.jsonl

Only requests on which moto is known to be right; README.md tells which these are.
"""

import json
import os
import random
import sys

# Nothing is ever sent: moto's service is called in this process.
os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.exceptions import JsonRESTError
from moto.iot.models import iot_backends
from moto.iotdata.models import iotdata_backends

REGION = "us-east-1"
REQUESTS_A_THING = 40
KEYS = ["a", "b", "ab", "a.b", "a!", 'a"', "\\", "", "$", "é", "\n", "desired", "timestamp"]
# No 0 and no 1: to Python these are False and True.
NUMBERS = [2, 2.0, -2, 2.5, 2**53, 2**53 + 1, float(2**53), 2**64 - 1]


class Requests:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def chance(self, likelihood):
        return self.random.random() < likelihood

    def scalar(self):
        kinds = [NUMBERS, NUMBERS, [True, False], ["", "x", 'é"', "2"]]
        return self.random.choice(self.random.choice(kinds))

    def array(self, levels):
        pick = lambda: self.array(levels - 1) if levels and self.chance(0.2) else self.scalar()
        elements = [pick() for _ in range(self.random.randrange(3))]
        return elements + [{"k": self.scalar()}] if self.chance(0.1) else elements

    def patch(self, levels):
        members = {}
        for _ in range(self.random.randrange(4)):
            members[self.random.choice(KEYS)] = self.value(levels)
        return members

    def value(self, levels):
        if levels and self.chance(0.35):
            return self.patch(levels - 1)
        if self.chance(0.2):
            return None
        return self.array(1) if self.chance(0.15) else self.scalar()

    def state(self):
        if self.chance(0.02):
            return None
        sections = {}
        for section in ("desired", "reported"):
            if self.chance(0.65):
                sections[section] = self.patch(3)
        if self.chance(0.02):
            sections["delta"] = {}
        return sections

    def text(self, value):
        """JSON with or without white space and escapes."""
        separators = self.random.choice([None, (",", ":"), (" ,\t", " :\n")])
        return json.dumps(value, ensure_ascii=self.chance(0.5), separators=separators)

    def payload(self, version):
        """`version` is None while the shadow is not there."""
        if self.chance(0.02):
            return self.random.choice(["", "{", "[1,]", '{"state":{}} x', '{"x":1}', '{"state":[]}'])
        request = {"state": self.state()}
        if version is not None and self.chance(0.2):
            request["version"] = version + self.random.choice([0, 0, 0, -1, 1])
        if self.chance(0.05):
            request["metadata"] = {"ignored": 7}
        return self.text(request)


def without_shells(open_, desired, reported):
    """moto leaves `{}` in a delta where two objects differ in nothing that is desired."""
    kept = {}
    for key, value in open_.items():
        wished, known = desired[key], reported.get(key)
        if isinstance(wished, dict) and isinstance(known, dict):
            value = without_shells(value, wished, known)
            if not value:
                continue
        kept[key] = value
    return kept


def shown(shadow):
    """State, delta and version, as a get shows them."""
    if shadow is None or shadow.deleted:
        return {"state": None}
    document = shadow.to_dict()
    state = document["state"]
    delta = state.pop("delta", None) or {}
    if "reported" in state:
        delta = without_shells(delta, state["desired"], state["reported"]) if delta else {}
    return {"state": state, "delta": delta or None, "version": shadow.version}


def main(requests=12_000, seed=1):
    made = Requests(seed)
    things = iot_backends[DEFAULT_ACCOUNT_ID][REGION]
    service = iotdata_backends[DEFAULT_ACCOUNT_ID][REGION]
    for number in range(requests):
        if number % REQUESTS_A_THING == 0:
            thing = f"thing{number}"
            things.create_thing(thing, None, None)
        shadow = things.describe_thing(thing).thing_shadows.get(None)
        live = shadow is not None and not shadow.deleted
        line = {"thing": thing, "op": "update"}
        try:
            # moto deletes what is deleted again.
            if made.chance(0.03) and (live or shadow is None):
                line["op"] = "delete"
                service.delete_thing_shadow(thing, None)
            elif made.chance(0.05):
                line["op"] = "get"
                service.get_thing_shadow(thing, None)
            else:
                line["payload"] = made.payload(shadow.version if shadow else None)
                service.update_thing_shadow(thing, line["payload"], None)
            line["code"] = 200
        except JsonRESTError as error:
            line["code"] = error.code
        line |= shown(things.describe_thing(thing).thing_shadows.get(None))
        print(json.dumps(line))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
