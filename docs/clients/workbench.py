"""Ask and tell: Workbench searches, this program trains. Python 3.9 or newer, nothing but its standard library.

    import workbench

    def objective(trial):
        x = trial.params["x"]
        for step in range(10):
            if not trial.report(step, value=(x - 0.3) ** 2 + 1 / (step + 1)):
                raise workbench.Ended            # pruned, or stopped with its study
        return (x - 0.3) ** 2

    study = workbench.study("http://127.0.0.1:8000", "parabola", trials=50, direction="minimize",
                            space={"x": {"type": "float", "low": -1, "high": 1}})
    study.optimize(objective)
    print(study.read()["best"])

As many processes as you like, on as many machines, may do the same under the same name: each trial runs once. One that dies, or says
nothing for longer than the study allows ("silence", 600 seconds unless said), leaves its trial to the next that asks.
"""
import json
import os
import socket
import threading
import time
import traceback
import urllib.error
import urllib.parse
import urllib.request
import uuid


class Refused(Exception):
    """The server understood, and said no; status tells why: 400 a wrong field, 404 no such study, 409 the trial is another's."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class Ended(Exception):
    """Raise it in an objective whose trial is not to go on."""


class Trial:
    """A trial that is this program's until it is told, or the client is silent for too long."""

    def __init__(self, study, given):
        self._study, self._token = study, given["token"]
        self.number, self.params, self.attempt = given["number"], given["params"], given["attempt"]
        self.state = "running"

    def report(self, step, **metrics):
        """Values of a step, such as an epoch. False when the trial was pruned, or its study stopped: it is over then."""
        answer = self._send("report", {"step": step, "metrics": metrics})
        self.state = answer["state"]
        return answer["continue"]

    def alive(self):
        """A sign of life. False as for report."""
        answer = self._send("report", {})
        self.state = answer["state"]
        return answer["continue"]

    def tell(self, value=None, state=None, error=None):
        """Ends it: with a value, or the one reported last; or as failed, with an error."""
        answer = self._send("tell", {"value": value, "state": state, "error": error})
        self.state = answer["state"]
        return answer

    def _send(self, what, body):
        body = {key: content for key, content in body.items() if content is not None}
        return self._study._call("POST", f"/trials/{self.number}/{what}", {"token": self._token, **body})


class Study:
    """A study with the pipeline external. Use study() to launch one."""

    def __init__(self, url, name, token=None, patience=300):
        """patience: for how many seconds a server that is away is tried again."""
        self._root = url.rstrip("/") + "/api/studies"
        self._name, self._token, self._patience = name, token or os.environ.get("WORKBENCH_TOKEN"), patience
        self._client = f"{socket.gethostname()}:{os.getpid()}"

    def read(self):
        """The study as the server has it: state, counts, best, …"""
        return self._call("GET", "")

    def ask(self, wait=True):
        """The next trial; None once there is none. While other clients have all that is left it waits, since one of them may die."""
        while True:
            answer, retry = self._request("POST", "/ask", {"client": self._client}, key=uuid.uuid4().hex)
            if answer is not None:
                return Trial(self, answer)
            if retry is None or not wait:
                return None
            time.sleep(retry)

    def optimize(self, objective):
        """Runs trials until there are none. What the objective returns is the value; what it raises fails the trial, and the search goes on."""
        silence = self.read().get("silence") or 600
        while (trial := self.ask()) is not None:
            over = threading.Event()
            threading.Thread(target=self._keep_alive, args=(trial, over, silence / 4), daemon=True).start()
            try:
                value = objective(trial)
                over.set()
                if trial.state == "running":
                    trial.tell(value)
            except Ended:
                pass
            except Refused as refused:
                # Another client has it, or it was ended meanwhile: theirs is the outcome.
                if refused.status != 409:
                    raise
            except Exception as failure:  # the search goes on, whatever a trial raises
                if trial.state == "running":
                    trial.tell(error="".join(traceback.format_exception_only(type(failure), failure)).strip()[:10000])
            finally:
                over.set()

    @staticmethod
    def _keep_alive(trial, over, pause):
        while not over.wait(pause):
            try:
                if not trial.alive():
                    return
            except (Refused, OSError):
                return

    def _call(self, method, path, body=None):
        return self._request(method, path, body)[0]

    def _request(self, method, path, body=None, key=None):
        """The answer, None for an empty one, and after how many seconds to come again. Everything that is sent may be sent twice."""
        deadline, pause = time.monotonic() + self._patience, 0.5
        while True:
            request = urllib.request.Request(
                self._root + ("" if path is None else "/" + urllib.parse.quote(self._name, safe="") + path), method=method)
            request.add_header("Accept", "application/json")
            if self._token:
                request.add_header("Authorization", "Bearer " + self._token)
            if key:
                request.add_header("Idempotency-Key", key)
            data = None
            if body is not None:
                request.add_header("Content-Type", "application/json")
                data = json.dumps(body, allow_nan=False).encode()
            try:
                with urllib.request.urlopen(request, data, timeout=60) as answer:
                    text = answer.read()
                    retry = answer.headers.get("Retry-After")
                    return (json.loads(text) if text else None), (float(retry) if retry else None)
            except urllib.error.HTTPError as failure:
                text = failure.read().decode(errors="replace")
                if failure.code not in (429, 502, 503, 504) or time.monotonic() > deadline:
                    raise Refused(failure.code, _sentence(text) or f"{failure.code} {failure.reason}") from None
                retry = failure.headers.get("Retry-After") or ""
                time.sleep(float(retry) if retry.isdigit() else pause)
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(pause)
            pause = min(2 * pause, 15)


def study(url, name, trials=None, space=None, token=None, **settings):
    """Launches a study, or joins the one of that name. Settings as in POST /api/studies: metric, direction, sampler, pruner, silence, …"""
    joined = Study(url, name, token)
    try:
        joined.read()
    except Refused as refused:
        if refused.status != 404 or space is None or trials is None:
            raise
        request = {"name": name, "pipeline": "external", "trials": trials, "searchSpace": space, **settings}
        # Several may come at the same moment: one key, so that one launches and the others get its answer, instead of adding trials.
        joined._request("POST", None, request, key=uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(request, sort_keys=True)).hex)
        try:
            joined.read()
        except Refused:
            # That answer was about a study that was deleted since.
            joined._request("POST", None, request, key=uuid.uuid4().hex)
    return joined


def _sentence(text):
    try:
        problem = json.loads(text)
        return " ".join(sum(problem.get("errors", {}).values(), [])) or problem.get("detail") or problem.get("title")
    except (ValueError, AttributeError, TypeError):
        return None
