#!/usr/bin/env python3
"""Functions for tests: AWS's Invoke API in front of AWS's runtime interface emulator.

    lambda.py EMULATOR PACKAGE [option value]...

Each environment is an emulator with the unpacked package below a root of its own without a system
library; it takes one invocation at a time and is kept for the next. Prints `AWS_ENDPOINT_URL_LAMBDA=...`
and ends, with everything it started, when standard input does.

Options: concurrency (4), cold (0.2, seconds before a new environment starts), timeout (20, seconds),
memory (1769, megabytes), function (batchrun).

A test asks for faults with POST /faults and a JSON object of counts: `throttle` turns invocations away,
`drop` breaks the connection of one that goes on, `refuse` breaks it before anything begins, `twice` runs
one two times, `kill` kills the environment half a second after it began, `error` answers 500, `stall`
has one begin forty seconds late.
GET /faults tells how many environments were begun, invocations made, and turned away.
"""

import base64
import ctypes
import http.server
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid

emulator, package = sys.argv[1:3]
options = {"concurrency": "4", "cold": "0.2", "timeout": "20", "memory": "1769", "function": "batchrun"}
options.update(zip(sys.argv[3::2], sys.argv[4::2]))
scratch = tempfile.mkdtemp(prefix="batchrun-functions-")
# Linked into each root: a copy that another thread is just writing could not be started.
shutil.copy(emulator, f"{scratch}/emulator")
os.chmod(f"{scratch}/emulator", 0o755)
shutil.copytree(package, f"{scratch}/task", symlinks=True)
lock = threading.Lock()
idle, everyone = [], []
faults, counts = {}, {"environments": 0, "invocations": 0, "throttled": 0, "busy": 0, "most": 0}


def take(fault):
    with lock:
        left = faults.get(fault, 0)
        faults[fault] = max(0, left - 1)
        return left > 0


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


library = ctypes.CDLL(None, use_errno=True)


def mount_processes(folder):
    """Shows /proc in a folder, to this process and its children only."""
    if library.unshare(0x20000) or library.mount(b"none", b"/", None, 0x44000, None):
        raise OSError(ctypes.get_errno(), "no file systems of its own")
    if library.mount(b"proc", folder.encode(), b"proc", 0, None):
        raise OSError(ctypes.get_errno(), "no /proc")


class Environment:
    def __init__(self):
        with lock:
            counts["environments"] += 1
            number = counts["environments"]
        time.sleep(float(options["cold"]))
        self.root = f"{scratch}/{number}"
        os.makedirs(f"{self.root}/var")
        for folder in ("tmp", "etc", "dev", "opt", "proc"):
            os.mkdir(f"{self.root}/{folder}")
        subprocess.run(["cp", "-al", f"{scratch}/task", f"{self.root}/var/task"], check=True)
        os.link(f"{scratch}/emulator", f"{self.root}/emulator")
        for name, minor in (("null", 3), ("urandom", 9)):
            os.mknod(f"{self.root}/dev/{name}", 0o666 | 0o020000, os.makedev(1, minor))
            os.chmod(f"{self.root}/dev/{name}", 0o666)
        self.port, runtime = free_port(), free_port()
        self.log = open(f"{scratch}/{number}.log", "w+b")
        variables = {
            "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "en_US.UTF-8", "TZ": ":UTC",
            "LAMBDA_TASK_ROOT": "/var/task", "_HANDLER": "bootstrap", "TMPDIR": "/tmp",
            "AWS_LAMBDA_FUNCTION_TIMEOUT": options["timeout"],
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": options["memory"],
            "AWS_LAMBDA_FUNCTION_NAME": options["function"],
            "AWS_LAMBDA_LOG_STREAM_NAME": f"2026/11/25/[$LATEST]{number}",
        }
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION"):
            if name in os.environ:
                variables[name] = os.environ[name]

        def enter():
            os.setsid()
            mount_processes(f"{self.root}/proc")
            os.chroot(self.root)
            os.chdir("/var/task")

        self.process = subprocess.Popen(
            ["/emulator", "--runtime-interface-emulator-address", f"127.0.0.1:{self.port}",
             "--runtime-api-address", f"127.0.0.1:{runtime}", "--log-level", "error",
             "/var/task/bootstrap"],
            env=variables, stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT,
            preexec_fn=enter)
        with lock:
            everyone.append(self)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
                return
            except OSError:
                time.sleep(0.01)

    def invoke(self, payload):
        address = f"http://127.0.0.1:{self.port}/2015-03-31/functions/function/invocations"
        try:
            with urllib.request.urlopen(urllib.request.Request(address, data=payload), timeout=930) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        except OSError as error:
            return 502, str(error).encode()

    def end(self):
        # What the emulator starts leads groups of its own.
        victims = subprocess.run(
            ["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True).stdout.split()
        for victim in victims + [str(self.process.pid)]:
            try:
                os.kill(int(victim), signal.SIGKILL)
            except OSError:
                pass
        self.process.wait()
        shutil.rmtree(self.root, ignore_errors=True)


def environment():
    with lock:
        if idle:
            return idle.pop(), False
    return Environment(), True


def run(payload, killed=False):
    """Status, error or None, body and log of one invocation."""
    place, is_cold = environment()
    begun = time.monotonic()
    if killed:
        threading.Timer(0.5, place.end).start()
    mark = place.log.seek(0, 2)
    status, body = place.invoke(payload)
    seconds = time.monotonic() - begun
    error = None
    try:
        answer = json.loads(body)
    except ValueError:
        answer = None
    if answer is None and b"timed out" in body:
        error = {"errorType": "Sandbox.Timedout",
                 "errorMessage": f"RequestId: {uuid.uuid4()} Error: {body.decode()}"}
    elif status != 200 or answer is None:
        error = {"errorType": "Runtime.ExitError",
                 "errorMessage": f"RequestId: {uuid.uuid4()} Error: Runtime exited with error: signal"}
    elif isinstance(answer, dict) and "errorType" in answer:
        error = answer
    place.log.seek(mark)
    said = place.log.read()[-2000:].decode(errors="replace")
    log = (f"START RequestId: x\n{said}\nEND RequestId: x\nREPORT RequestId: x\tDuration: "
           f"{seconds * 1000:.2f} ms\tBilled Duration: {int(seconds * 1000) + 1} ms\tMemory Size: "
           f"{options['memory']} MB\t" + (f"Init Duration: {float(options['cold']) * 1000:.2f} ms" if is_cold else ""))
    if error and error["errorType"] in ("Sandbox.Timedout", "Runtime.ExitError"):
        place.end()
    else:
        with lock:
            idle.append(place)
    return error, body, log


class Front(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body, **fields):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "application/json")
        self.send_header("x-amzn-RequestId", str(uuid.uuid4()))
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def is_signed(self):
        wanted = f"AWS4-HMAC-SHA256 Credential={os.environ.get('AWS_ACCESS_KEY_ID', '')}/"
        if self.headers.get("Authorization", "").startswith(wanted):
            return True
        self.answer(403, {"message": "The security token included in the request is invalid."},
                    x_amzn_ErrorType="UnrecognizedClientException")
        return False

    def do_GET(self):
        if self.path == "/faults":
            return self.answer(200, counts)
        if not self.is_signed():
            return None
        if self.path == f"/2015-03-31/functions/{options['function']}/configuration":
            return self.answer(200, {
                "FunctionName": options["function"], "State": "Active", "PackageType": "Zip",
                "Timeout": int(options["timeout"]), "MemorySize": int(options["memory"]),
                "Architectures": ["x86_64"], "LastUpdateStatus": "Successful"})
        if self.path == "/2016-08-19/account-settings/":
            return self.answer(200, {"AccountLimit": {
                "ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": int(options["concurrency"])}})
        return self.answer(404, {"Type": "User", "Message": "Function not found"},
                           x_amzn_ErrorType="ResourceNotFoundException")

    def do_POST(self):
        payload = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/faults":
            with lock:
                faults.update(json.loads(payload))
            return self.answer(200, {})
        if not self.is_signed():
            return None
        if len(payload) > 6291456:
            return self.answer(
                413, {"Type": "User", "message": "Request must be smaller than 6291456 bytes for the "
                      "InvokeFunction operation"}, x_amzn_ErrorType="RequestTooLargeException")
        if take("error"):
            return self.answer(500, {"Type": "Service", "Message": "internal"},
                               x_amzn_ErrorType="ServiceException")
        if take("refuse"):
            return self.close()
        with lock:
            full = counts["busy"] >= int(options["concurrency"])
            if not full:
                counts["busy"] += 1
                counts["invocations"] += 1
                counts["most"] = max(counts["most"], counts["busy"])
        if full or take("throttle"):
            with lock:
                counts["busy"] -= 0 if full else 1
                counts["throttled"] += 1
            return self.answer(
                429, {"Reason": "ReservedFunctionConcurrentInvocationLimitExceeded", "Type": "User",
                      "message": "Rate Exceeded."},
                x_amzn_ErrorType="TooManyRequestsException", Retry_After="1")
        try:
            if take("stall"):
                time.sleep(40)
            if take("drop"):
                threading.Thread(target=run, args=(payload,), daemon=True).start()
                time.sleep(0.2)
                return self.close()
            if take("twice"):
                threading.Thread(target=run, args=(payload,), daemon=True).start()
            error, body, log = run(payload, killed=take("kill"))
        finally:
            with lock:
                counts["busy"] -= 1
        fields = {"X_Amz_Executed_Version": "$LATEST",
                  "X_Amz_Log_Result": base64.b64encode(log.encode()).decode()}
        if error:
            fields["X_Amz_Function_Error"] = "Unhandled"
        return self.answer(200, error or body, **fields)

    def close(self):
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *words):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


server = Server(("127.0.0.1", 0), Front)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(f"AWS_ENDPOINT_URL_LAMBDA=http://127.0.0.1:{server.server_address[1]}", flush=True)
try:
    sys.stdin.read()
finally:
    with lock:
        rest = list(everyone)
    for place in rest:
        place.end()
    shutil.rmtree(scratch, ignore_errors=True)
