#!/usr/bin/env python3
"""Fetching by the command, from a server on loopback with a catalogue of our own.

Usage: test-get.py PHOSPHENE-CLI FOLDER-WITH-SHIPPED-NETWORKS; prints TAP.
"""

import hashlib
import http.server
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback

CLI, DATA = sys.argv[1], sys.argv[2]
TESTS = []
NETWORK = pathlib.Path(DATA, "textbook.onnx").read_bytes()


def test(function):
    TESTS.append(function)
    return function


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    files, ranges, slow, cuts = {}, [], False, 0

    def handle_error(self, *args):
        pass  # the command was killed


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        data = self.server.files.get(self.path)
        if data is None:
            self.send_error(404)
            return
        wanted = self.headers.get("Range")
        self.server.ranges.append(wanted)
        start = int(wanted[len("bytes="):-1]) if wanted else 0
        self.send_response(206 if wanted else 200)
        if wanted:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(data) - start))
        self.send_header("ETag", '"1"')
        self.end_headers()
        try:
            for at in range(start, len(data), 4096):
                if self.server.cuts > 0 and at - start > len(data) // 4:
                    self.server.cuts -= 1
                    self.close_connection = True
                    return
                self.wfile.write(data[at:at + 4096])
                if self.server.slow:
                    time.sleep(0.02)
        except OSError:
            pass


def write_catalogue(folder, data=NETWORK):
    own = folder / "data" / "phosphene"
    own.mkdir(parents=True)
    (own / "catalogue.ini").write_text(
        "[little]\nTitle=Little\nAbout=For tests\nKind=network\nLicence=MIT\nSource=here\n"
        "Address=https://models.invalid/a/little-7.onnx\n"
        f"Bytes={len(data)}\nSHA256={hashlib.sha256(data).hexdigest()}\n"
        'Input={"scale": 1, "mean": 0, "std": 1}\n')


def environment(folder):
    env = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    return dict(env, PHOSPHENE_DATA_DIR=DATA, LC_ALL="C.UTF-8", XDG_DATA_HOME=str(folder / "data"))


def run(folder, *args, code=0):
    done = subprocess.run([CLI, *map(str, args)], env=environment(folder), capture_output=True,
                          text=True, timeout=60)
    assert done.returncode == code, \
        f"{args}: exit {done.returncode}, expected {code}\n{done.stdout}{done.stderr}"
    return done.stdout, done.stderr


def serve():
    server = Server(("127.0.0.1", 0), Handler)
    server.files, server.ranges = {"/a/little-7.onnx": NETWORK}, []
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}/"


@test
def list_tells_what_there_is(tmp):
    out, _ = run(tmp, "get")
    assert "squeezenet-1.1" in out and "fashion-mnist" in out and "Apache-2.0" in out
    entries = json.loads(run(tmp, "get", "--list", "--json")[0])
    assert len(entries) >= 17 and not any(entry["here"] for entry in entries)
    for entry in entries:
        assert entry["bytes"] == sum(file["bytes"] for file in entry["files"])
        assert all(len(file["sha256"]) == 64 for file in entry["files"])


@test
def a_network_is_fetched_and_opens_by_its_name(tmp):
    server, mirror = serve()
    write_catalogue(tmp)
    server.cuts = 2
    _, error = run(tmp, "layers", "little", code=1)
    assert "phosphene-cli get little" in error
    out, _ = run(tmp, "get", "little", "--mirror", mirror)
    assert "little.onnx" in out and "fetched" in out
    assert server.ranges[0] is None and len(server.ranges) == 3 and all(server.ranges[1:])
    assert (tmp / "data/phosphene/networks/little.onnx").read_bytes() == NETWORK
    layers = json.loads(run(tmp, "layers", "little", "--json")[0])
    assert layers["network"] == "little" and len(layers["layers"]) > 4

    again = json.loads(run(tmp, "get", "little", "--json")[0])
    assert again[0]["here"] and again[0]["path"].endswith("little.onnx")
    assert len(server.ranges) == 3
    assert "removed" in run(tmp, "get", "little", "--remove")[0]
    assert not list((tmp / "data/phosphene/networks").iterdir())
    server.shutdown()


@test
def interrupted_and_killed_it_goes_on(tmp):
    server, mirror = serve()
    write_catalogue(tmp)
    part = tmp / "data/phosphene/networks/little.onnx.part"
    server.slow = True
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        before = part.stat().st_size if part.exists() else 0
        child = subprocess.Popen([CLI, "get", "little", "--mirror", mirror], env=environment(tmp),
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(1000):
            if part.exists() and part.stat().st_size > before:
                break
            time.sleep(0.01)
        child.send_signal(number)
        _, error = child.communicate(timeout=10)
        assert child.returncode == (-9 if number == signal.SIGKILL else 130), (number, error)
        assert before < part.stat().st_size < len(NETWORK)
        if number == signal.SIGINT:
            assert "kept" in error
            state = json.loads(run(tmp, "get", "--list", "--json")[0])
            assert 0 < next(e for e in state if e["name"] == "little")["bytes_here"] < len(NETWORK)
    server.slow = False
    run(tmp, "get", "little", "--mirror", mirror)
    assert (tmp / "data/phosphene/networks/little.onnx").read_bytes() == NETWORK
    assert not part.exists()
    server.shutdown()


@test
def what_goes_wrong_is_a_sentence(tmp):
    server, mirror = serve()
    write_catalogue(tmp)
    server.files["/a/little-7.onnx"] = NETWORK[:-1] + bytes([NETWORK[-1] ^ 1])
    _, error = run(tmp, "get", "little", "--mirror", mirror, code=1)
    assert "checksum" in error and not (tmp / "data/phosphene/networks/little.onnx").exists()
    server.files["/a/little-7.onnx"] = NETWORK + b"."
    assert "bytes" in run(tmp, "get", "little", "--mirror", mirror, code=1)[1]
    server.files.clear()
    assert "404" in run(tmp, "get", "little", "--mirror", mirror, code=1)[1]
    assert "offline" in run(tmp, "get", "little", "--mirror", "http://models.invalid", code=1)[1]
    assert "http://" in run(tmp, "get", "little", "--mirror", "somewhere", code=1)[1]
    _, error = run(tmp, "get", "little", "nosuch", code=1)
    assert "nosuch" in error and "squeezenet-1.1" in error
    run(tmp, "get", "little", "--list", code=2)
    run(tmp, "get", "--remove", code=2)
    server.shutdown()


def main():
    failed = 0
    print(f"1..{len(TESTS)}")
    for number, function in enumerate(TESTS, 1):
        name = function.__name__.replace("_", "-")
        with tempfile.TemporaryDirectory() as folder:
            try:
                function(pathlib.Path(folder))
                print(f"ok {number} {name}", flush=True)
            except Exception:
                failed += 1
                for line in traceback.format_exc().splitlines():
                    print(f"# {line}")
                print(f"not ok {number} {name}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
