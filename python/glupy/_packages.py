"""Explains a failed import of a package."""

import sys

from ._nearest import nearest

# Requirements of well-known packages that modules lack, by import name.
_NEEDS = {
    "the network, which no module has (no sockets)": """aiobotocore aiohttp asyncpg azure boto boto3
    botocore confluent_kafka django elasticsearch etcd3 fabric fastapi flask gfapi google grpc
    gunicorn httplib2 httpx kafka kazoo kubernetes memcache minio mysql paho paramiko pika psycopg
    psycopg2 pycurl pymemcache pymongo pymysql redis requests sanic scrapy selenium sentry_sdk smbclient
    tornado twisted urllib3 uvicorn websocket websockets zmq""",
    "compiled code, and only Python runs here": """Crypto Cryptodome PIL _cffi_backend bcrypt blosc
    brotli cassandra cffi cryptography cv2 cython duckdb fuse fusepy gevent greenlet h5py igraph
    jpype libvirt llfuse lmdb lxml lz4 magic matplotlib msgspec mypyc nacl netifaces numba numexpr numpy
    orjson pandas plyvel polars pyarrow pyfuse3 pygit2 pyinotify pylibmc pyxattr regex rocksdb scipy
    setproctitle skimage sklearn snappy sqlalchemy tensorflow torch ujson uvloop xattr xxhash
    yaml zstandard zstd""",
    "threads or processes, and a module has one thread": """apscheduler billiard celery dask eventlet
    joblib multiprocess pathos pebble pexpect psutil ptyprocess ray rq sh watchdog""",
}

# Replacements here.
_INSTEAD = {
    "numpy": "bytes, memoryview, array and struct do",
    "xxhash": "zlib.crc32 and hashlib do",
    "yaml": "json, tomllib and configparser do",
    "xattr": "await self.child.getxattr(...) does",
    "pyxattr": "await self.child.getxattr(...) does",
    "watchdog": "entry_created and entry_removed do",
    "pyinotify": "entry_created and entry_removed do",
    "apscheduler": "self.timer(...) does",
    "gfapi": "self.child does",
}


def why_missing(name):
    """The text after `No module named ...`: reason and fix."""
    root = name.partition(".")[0]
    for needs, names in _NEEDS.items():
        if root in names.split():
            instead = f"; {_INSTEAD[root]}" if root in _INSTEAD else ""
            return f": {root} needs {needs}, so `option packages` cannot give it{instead}"
    near = nearest(root, ("glupy", "gluster", *sys.stdlib_module_names))
    if near and near[0] != "_":
        return f": did you mean {near}?"
    return (
        ": it is neither Python's own nor a file beside the module or along module-path; what is "
        "installed on the machine is not seen: `option packages` names folders and wheels of pure "
        "Python"
    )
