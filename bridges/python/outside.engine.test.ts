/**
 * Attempts of a Python module to reach files, the environment, processes and the network: each runs in a
 * volume of its own, is refused and logged.
 */
import { packageRoot } from '../../runtime/sys/paths.ts';
import { describeRefusals } from '../../test/support/attempt.ts';
import { rows } from '../../test/support/rows.ts';

const FILES = rows`
a file ⇒ open("/etc/passwd") ⇒ PermissionError.*option allow-read \/etc\/passwd
  ⇒ open /etc/passwd (option allow-read /etc/passwd)
the environment of the process ⇒ open("/proc/self/environ") ⇒ raised
  ⇒ open /proc/self/environ (option allow-read
a folder ⇒ import os; os.listdir("/etc") ⇒ PermissionError.*option allow-read \/etc
  ⇒ os.listdir /etc (option allow-read /etc)
the processes ⇒ import os; os.listdir("/proc/1") ⇒ raised ⇒ os.listdir /proc/1 (option
the code of the project ⇒ open("${packageRoot}/package.json") ⇒ PermissionError
  ⇒ open ${packageRoot}/package.json (
the own source ⇒ open("FOLDER/code/m.py") ⇒ PermissionError.*allow-read ⇒ open FOLDER/code/m.py (
io.FileIO ⇒ import io; io.FileIO("FOLDER/other/canary") ⇒ PermissionError
  ⇒ open FOLDER/other/canary (
os.open ⇒ import os; os.open("FOLDER/other/canary", os.O_RDONLY) ⇒ PermissionError
  ⇒ open FOLDER/other/canary (
os.stat ⇒ import os; os.stat("FOLDER/other/canary") ⇒ FileNotFoundError|PermissionError
  ⇒ stat FOLDER/other (not granted)
a way up ⇒ open("FOLDER/read/../other/canary") ⇒ PermissionError
  ⇒ open FOLDER/read/../other/canary (option allow-read FOLDER/other/canary)
a way up by a folder ⇒ import os; os.chdir("FOLDER/read"); open("../other/canary") ⇒ raised
  ⇒ open ../other/canary (option allow-read FOLDER/other/canary)
a link to a file ⇒ open("FOLDER/read/link") ⇒ FileNotFoundError|PermissionError
  ⇒ stat FOLDER/other (not granted)
a link to a folder ⇒ open("FOLDER/read/folder/canary") ⇒ FileNotFound|PermissionError
  ⇒ stat FOLDER/other (not granted)
a pipe ⇒ open("FOLDER/read/fifo") ⇒ raised ⇒ stat FOLDER/read/fifo (not granted)
writing ⇒ open("FOLDER/read/file", "w") ⇒ PermissionError.*allow-write
  ⇒ open FOLDER/read/file (option allow-write
appending ⇒ open("FOLDER/read/file", "a") ⇒ PermissionError.*allow-write
  ⇒ open FOLDER/read/file (option allow-write
removing ⇒ import os; os.remove("FOLDER/read/file") ⇒ PermissionError.*allow-write
  ⇒ os.remove FOLDER/read/file (option allow-write
truncating ⇒ import os; os.truncate("FOLDER/read/file", 0) ⇒ PermissionError
  ⇒ os.truncate FOLDER/read/file (option allow-write
a change of mode ⇒ import os; os.chmod("FOLDER/read/file", 0) ⇒ PermissionError
  ⇒ os.chmod FOLDER/read/file (option allow-write
moving from where may be written to where may not
  ⇒ import os; open("FOLDER/write/x", "w").close(); os.rename("FOLDER/write/x", "FOLDER/other/canary")
  ⇒ PermissionError ⇒ os.rename FOLDER/other/canary (option allow-write
reading what may be written ⇒ open("FOLDER/write/x") ⇒ PermissionError.*allow-read
  ⇒ open FOLDER/write/x (option allow-read
a new link ⇒ import os; os.symlink("/etc/passwd", "FOLDER/write/l") ⇒ raised
  ⇒ os.symlink FOLDER/write/l (a module makes no links
a hard link ⇒ import os; os.link("FOLDER/read/file", "FOLDER/write/l") ⇒ raised
  ⇒ os.link (not in this Python)
the environment
  ⇒ import os; r = os.environ.get("GLOSSA_TEST_SECRET"), os.environ["GLOSSA_TEST_GIVEN"]
  ⇒ ^\(None, 'given'\)$ ⇒ variable GLOSSA_TEST_SECRET (option allow-env GLOSSA_TEST_SECRET)
a database ⇒ import sqlite3; sqlite3.connect("/srv/data.db")
  ⇒ PermissionError.*option allow-read \/srv\/data.db
  ⇒ sqlite3.connect /srv/data.db (option allow-read /srv/data.db)
more open files than there may be ⇒ r = [open("FOLDER/read/file") for _ in range(99)] ⇒ raised
  ⇒ open of more files than may be open at once
`;

const WORLD = rows`
a process ⇒ import subprocess; subprocess.run(["ls"]) ⇒ raised PermissionError
  ⇒ subprocess.Popen (a module has no processes)
fork ⇒ import os; os.fork() ⇒ PermissionError ⇒ os.fork (a module has no processes)
a shell ⇒ import os; os.system("touch FOLDER/other/x") ⇒ raised
  ⇒ os.system (a module has no processes)
exec ⇒ import os; os.execv("/bin/ls", ["ls"]) ⇒ raised ⇒ os.exec (a module has no processes)
a thread ⇒ import threading; threading.Thread(target=print).start() ⇒ RuntimeError
  ⇒ a thread (a module has one)
multiprocessing ⇒ import multiprocessing; multiprocessing.Process(target=print).start() ⇒ raised
  ⇒ import _multiprocessing (a module has no processes)
a connection ⇒ import socket; socket.create_connection(("127.0.0.1", 9))
  ⇒ PermissionError: .*a module has no network ⇒ socket.getaddrinfo (a module has no network)
a server ⇒ import socket; socket.socket().bind(("127.0.0.1", 0)) ⇒ raised
  ⇒ socket.bind (a module has no network)
http ⇒ import http.client; http.client.HTTPConnection("localhost").connect() ⇒ raised
  ⇒ http.client.connect (a module has no network)
a URL ⇒ import urllib.request; urllib.request.urlopen("http://localhost/") ⇒ raised
  ⇒ urllib.Request (a module has no network)
a pipe ⇒ import os; os.pipe() ⇒ PermissionError ⇒ os.pipe (a module has no processes)
`;

describeRefusals('files and environment', FILES);
describeRefusals('processes and network', WORLD);
