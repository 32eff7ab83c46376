"""Random calls of the Jobs service, and what ministack answers to them: a line of JSON each.

    python3 answers.py [sequences] [seed] [seconds] > answers.jsonl

It starts the `ministack` that is installed beside this Python on a free port of the loopback
interface, makes each sequence from an empty account, and ends the process that it started, by its
id. It starts no new sequence after so many seconds.
"""

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

ACCOUNT = "123456789012"
REGION = "us-east-1"
THINGS = ["t1", "t2", "t3"]
GROUPS = ["g", "h"]
JOBS = ["a", "b", "c"]
CALLS = 40
START_SECONDS = 60
CALL_SECONDS = 10


def arn(kind, name, account=ACCOUNT):
    return f"arn:aws:iot:{REGION}:{account}:{kind}/{name}"


class Server:
    """One ministack, listening on loopback alone."""

    def __init__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.home = tempfile.TemporaryDirectory()
        environment = {
            "PATH": os.defpath,
            "HOME": self.home.name,
            "GATEWAY_PORT": str(self.port),
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
        }
        # Its own command listens on every interface.
        serve = [sys.executable, "-m", "hypercorn", "--bind", f"127.0.0.1:{self.port}"]
        self.process = subprocess.Popen(
            serve + ["ministack.app:app"],
            cwd=self.home.name,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def __enter__(self):
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            try:
                if self.call("GET", "/_ministack/health")[0] == 200:
                    return self
            except OSError:
                time.sleep(0.2)
        self.__exit__()
        raise SystemExit("ministack does not start")

    def __exit__(self, *_):
        # Its workers are in its process group, and nothing else is.
        try:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(10)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        self.home.cleanup()

    def call(self, method, target, body=None, service=None):
        """The status, the name of the error, and the body."""
        headers = {"Content-Type": "application/json"}
        if service:
            scope = f"{ACCOUNT}/20260101/{REGION}/{service}/aws4_request"
            signature = "SignedHeaders=host, Signature=0"
            headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential={scope}, {signature}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=CALL_SECONDS)
        try:
            connection.request(method, target, body, headers)
            response = connection.getresponse()
            text = response.read().decode()
            error = response.headers.get("x-amzn-errortype")
            try:
                answer = json.loads(text) if text else None
            except ValueError:
                answer = text
            return response.status, error, answer
        finally:
            connection.close()


# How the calls of the control plane go over HTTP, from the API model: method, path, members in
# the query. All others are in the body.
CONTROL = {
    "CreateJob": ("PUT", "/jobs/{jobId}", []),
    "UpdateJob": ("PATCH", "/jobs/{jobId}", []),
    "CancelJob": ("PUT", "/jobs/{jobId}/cancel", ["force"]),
    "DeleteJob": ("DELETE", "/jobs/{jobId}", ["force"]),
    "AssociateTargetsWithJob": ("POST", "/jobs/{jobId}/targets", []),
    "DescribeJob": ("GET", "/jobs/{jobId}", []),
    "GetJobDocument": ("GET", "/jobs/{jobId}/job-document", []),
    "ListJobExecutionsForJob": ("GET", "/jobs/{jobId}/things", ["status"]),
    "ListJobExecutionsForThing": ("GET", "/things/{thingName}/jobs", ["status"]),
    "DescribeJobExecution": ("GET", "/things/{thingName}/jobs/{jobId}", ["executionNumber"]),
    "CancelJobExecution": ("PUT", "/things/{thingName}/jobs/{jobId}/cancel", ["force"]),
    "DeleteJobExecution": (
        "DELETE",
        "/things/{thingName}/jobs/{jobId}/executionNumber/{executionNumber}",
        ["force"],
    ),
}


def control_request(api, arguments):
    method, path, in_query = CONTROL[api]
    rest = dict(arguments)
    for name in list(rest):
        if "{" + name + "}" in path:
            path = path.replace("{" + name + "}", urllib.parse.quote(str(rest.pop(name)), safe=""))
    query = {name: rest.pop(name) for name in in_query if name in rest}
    if query:
        text = {name: json.dumps(it) if it in (True, False) else it for name, it in query.items()}
        path += "?" + urllib.parse.urlencode(text)
    body = json.dumps(rest) if method in ("PUT", "POST", "PATCH") else None
    return method, path, body


class Calls:
    """What is asked, so that much of it is accepted."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def chance(self, likelihood):
        return self.random.random() < likelihood

    def pick(self, *choices):
        return self.random.choice(choices)

    def begin(self):
        self.created = set()
        self.members = {group: set() for group in GROUPS}
        self.make = [
            (5, self.create),
            (3, self.cancel),
            (2, self.delete),
            (1, self.update_job),
            (0.1, self.associate),
            (4, self.describe_job),
            (1, self.document),
            (2, self.list_for_job),
            (2, self.list_for_thing),
            (4, self.describe_control),
            (3, self.cancel_execution),
            (2, self.delete_execution),
            (3, self.join),
            (2, self.leave),
            (5, self.pending),
            (10, self.start_next),
            (6, self.describe),
            (16, self.update),
        ]

    def next(self):
        if not self.created:
            return self.create()
        weights, makers = zip(*self.make)
        return self.random.choices(makers, weights)[0]()

    def job(self):
        return self.pick(*JOBS, "unknown") if self.chance(0.05) else self.pick(*sorted(self.created))

    def thing(self):
        return self.pick(*THINGS)

    def number(self):
        return self.pick(1, 1, 1, 2, 3)

    def control(self, api, **arguments):
        return {"api": api, "arguments": arguments}

    def force(self, arguments):
        if self.chance(0.5):
            arguments["force"] = self.chance(0.7)
        return arguments

    def create(self):
        job = self.pick(*JOBS)
        targets = [arn("thing", thing) for thing in THINGS if self.chance(0.7)]
        targets += [arn("thinggroup", group) for group in GROUPS if self.chance(0.4)]
        if self.chance(0.03):
            targets.append(arn("thing", "nobody"))
        if self.chance(0.01):
            targets.append(arn("thing", "t1", "999999999999"))
        self.random.shuffle(targets)
        arguments = {"jobId": job, "targets": targets, "document": self.pick('{"do":1}', '{"do":[]}')}
        if self.chance(0.05):
            arguments["document"] = self.pick("", "{", "[]", "7")
        if self.chance(0.4):
            arguments["targetSelection"] = self.pick("CONTINUOUS", "SNAPSHOT")
        if self.chance(0.1):
            arguments["description"] = self.pick(*["first"] * 9, "x\n")
        if self.chance(0.15):
            arguments["timeoutConfig"] = {"inProgressTimeoutInMinutes": self.pick(*[1, 60, 10080] * 5, 0)}
        if self.chance(0.12):
            criterion = {
                "failureType": self.pick("ALL", "FAILED", "REJECTED", "TIMED_OUT"),
                "action": "CANCEL",
                "thresholdPercentage": self.pick(10, 33.33, 50, 100),
                "minNumberOfExecutedThings": self.pick(1, 2),
            }
            arguments["abortConfig"] = {"criteriaList": [criterion]}
        if self.chance(0.02):
            criterion = {"failureType": "ALL", "numberOfRetries": 1}
            arguments["jobExecutionsRetryConfig"] = {"criteriaList": [criterion]}
        if self.chance(0.1):
            rate = self.pick(*[1000] * 9, 0, 1001)
            arguments["jobExecutionsRolloutConfig"] = {"maximumPerMinute": rate}
        self.created.add(job)
        return self.control("CreateJob", **arguments)

    def cancel(self):
        arguments = self.force({"jobId": self.job()})
        if self.chance(0.2):
            arguments["comment"] = "because"
        if self.chance(0.2):
            arguments["reasonCode"] = self.pick(*["BECAUSE"] * 9, "because")
        return self.control("CancelJob", **arguments)

    def delete(self):
        return self.control("DeleteJob", **self.force({"jobId": self.job()}))

    def update_job(self):
        arguments = {"jobId": self.job()}
        if self.chance(0.8):
            arguments["description"] = "another"
        return self.control("UpdateJob", **arguments)

    def associate(self):
        targets = [arn("thinggroup", self.pick(*GROUPS))]
        return self.control("AssociateTargetsWithJob", jobId=self.job(), targets=targets)

    def describe_job(self):
        return self.control("DescribeJob", jobId=self.job())

    def document(self):
        return self.control("GetJobDocument", jobId=self.job())

    def list_for_job(self):
        arguments = {"jobId": self.job()}
        if self.chance(0.3):
            arguments["status"] = self.pick("QUEUED", "IN_PROGRESS", "SUCCEEDED", "CANCELED")
        return self.control("ListJobExecutionsForJob", **arguments)

    def list_for_thing(self):
        return self.control("ListJobExecutionsForThing", thingName=self.thing())

    def describe_control(self):
        arguments = {"jobId": self.job(), "thingName": self.thing()}
        if self.chance(0.4):
            arguments["executionNumber"] = self.number()
        return self.control("DescribeJobExecution", **arguments)

    def cancel_execution(self):
        arguments = self.force({"jobId": self.job(), "thingName": self.thing()})
        if self.chance(0.3):
            arguments["expectedVersion"] = self.pick(1, 2, 3)
        if self.chance(0.05):
            arguments["statusDetails"] = {"by": "operator"}
        return self.control("CancelJobExecution", **arguments)

    def delete_execution(self):
        arguments = {"jobId": self.job(), "thingName": self.thing()}
        arguments["executionNumber"] = self.number()
        return self.control("DeleteJobExecution", **self.force(arguments))

    def join(self):
        group, thing = self.pick(*GROUPS), self.thing()
        if thing in self.members[group]:
            return self.leave()
        self.members[group].add(thing)
        return {"join": thing, "group": group}

    def leave(self):
        group = self.pick(*GROUPS)
        if not self.members[group]:
            return self.join()
        thing = self.pick(*sorted(self.members[group]))
        self.members[group].remove(thing)
        return {"leave": thing, "group": group}

    def pending(self):
        return {"method": "GET", "target": f"/things/{self.thing()}/jobs"}

    def details(self):
        if self.chance(0.02):
            return self.pick(
                {f"k{index}": "v" for index in range(11)},
                {"k": "v" * 1025},
                {"k": ""},
                {"a b": "v"},
                {"k": 7},
            )
        return {self.pick("step", "percent"): self.pick("1", "50%")}

    def start_next(self):
        body = {}
        if self.chance(0.3):
            body["statusDetails"] = self.details()
        if self.chance(0.15):
            body["stepTimeoutInMinutes"] = self.pick(*[1, 10080, -1] * 5, 0, 10081)
        target = f"/things/{self.thing()}/jobs/$next"
        return {"method": "PUT", "target": target, "payload": json.dumps(body)}

    def describe(self):
        target = f"/things/{self.thing()}/jobs/" + self.pick("$next", self.job())
        query = {}
        if self.chance(0.3):
            query["executionNumber"] = self.number()
        if self.chance(0.3):
            query["includeJobDocument"] = self.pick("true", "false")
        if query:
            target += "?" + urllib.parse.urlencode(query)
        return {"method": "GET", "target": target}

    def update(self):
        word = self.pick("IN_PROGRESS", "IN_PROGRESS", "SUCCEEDED", "SUCCEEDED", "FAILED", "REJECTED")
        if self.chance(0.06):
            word = self.pick("QUEUED", "CANCELED", "TIMED_OUT", "REMOVED", "DONE", "")
        body = {"status": word}
        if self.chance(0.02):
            body = {}
        if self.chance(0.3):
            body["statusDetails"] = self.details()
        if self.chance(0.3):
            version = self.pick(1, 2, 2, 3, 4)
            body["expectedVersion"] = version
        if self.chance(0.01):
            body["expectedVersion"] = self.pick("2", "x", -1, True)
        if self.chance(0.3):
            body["executionNumber"] = self.number()
        if self.chance(0.5):
            body["includeJobExecutionState"] = self.chance(0.8)
        if self.chance(0.2):
            body["includeJobDocument"] = self.chance(0.8)
        if self.chance(0.1):
            body["stepTimeoutInMinutes"] = self.pick(*[1, 10080, -1] * 5, 0, 10081)
        if self.chance(0.01):
            body["includeJobDocument"] = "yes"
        target = f"/things/{self.thing()}/jobs/{self.job()}"
        return {"method": "POST", "target": target, "payload": json.dumps(body)}


def take(server, call):
    """What is answered, and when."""
    if "api" in call:
        method, target, body = control_request(call["api"], call["arguments"])
        service = "iot"
    elif "method" in call:
        method, target, body = call["method"], call["target"], call.get("payload")
        service = "iot-jobs-data"
    else:
        verb, thing = next((verb, call[verb]) for verb in ("join", "leave") if verb in call)
        names = {"join": "addThingToThingGroup", "leave": "removeThingFromThingGroup"}
        method, target, service = "PUT", "/thing-groups/" + names[verb], "iot"
        body = json.dumps({"thingName": thing, "thingGroupName": call["group"]})
    status, error, answer = server.call(method, target, body, service)
    return {"status": status, "error": error, "answer": answer, "now": int(time.time())}


def main(sequences=250, seed=1, seconds=240):
    calls = Calls(seed)
    end = time.monotonic() + seconds
    with Server() as server:
        for sequence in range(sequences):
            if time.monotonic() > end:
                break
            server.call("POST", "/_ministack/reset")
            for thing in THINGS:
                server.call("POST", f"/things/{thing}", "{}", "iot")
            for group in GROUPS:
                server.call("POST", f"/thing-groups/{group}", "{}", "iot")
            calls.begin()
            for _ in range(CALLS):
                call = calls.next()
                print(json.dumps({"sequence": sequence} | call | take(server, call)))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
