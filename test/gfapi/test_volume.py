"""Mounting, logging and identification of volumes."""
import os
import tempfile
import unittest
import uuid

from gluster.gfapi import Volume
from gluster.gfapi.exceptions import LibgfapiException, VolumeNotMounted
from volume_case import HOST, NAME, PORT, SOCKET


class VolumeTest(unittest.TestCase):
    def make(self, host=HOST, name=NAME, **settings):
        volume = Volume(host, name, **{"port": PORT, **settings})
        self.addCleanup(volume.umount)
        return volume

    def test_mount_umount_default(self):
        volume = self.make()
        self.assertFalse(volume.mounted)
        self.assertEqual([volume.hosts, volume.volname, volume.protocol, volume.log_file, volume.log_level],
                         [[HOST], NAME, "tcp", "/dev/null", 7])
        self.assertEqual(Volume(HOST, NAME).port, 24007)
        for _ in range(2):
            volume.mount()
            self.assertTrue(volume.mounted)
        self.assertTrue(volume.isdir("/"))
        for _ in range(2):
            volume.umount()
            self.assertFalse(volume.mounted)
        with self.assertRaisesRegex(VolumeNotMounted, f'^Volume "{NAME}" not mounted.$'):
            volume.listdir("/")

    def test_mount_err(self):
        for arguments in ((None, NAME), (HOST, None), ([], NAME), (HOST, NAME, "udp"), (HOST, NAME, "tcp", "24007")):
            with self.assertRaises(LibgfapiException):
                Volume(*arguments)
        for volume in self.make(name="no-such-volume"), self.make(host="no-such-host.invalid"):
            with self.assertRaises(LibgfapiException):
                volume.mount()
            self.assertFalse(volume.mounted)

    def test_set_logging(self):
        with tempfile.TemporaryDirectory() as folder:
            first, second = (os.path.join(folder, name) for name in ("first", "second"))
            volume = self.make()
            volume.set_logging(first, 7)
            self.assertFalse(os.path.exists(first))
            volume.mount()
            self.assertTrue(os.path.exists(first))
            volume.set_logging(second, 7)
            self.assertTrue(os.path.exists(second))
            volume.disable_logging()
            self.assertEqual(volume.log_file, "/dev/null")
            volume.umount()
            volume = self.make(log_file=first, log_level=7)
            volume.mount()
            self.assertGreater(os.path.getsize(first), 0)
            volume.umount()

    def test_unix_socket_mount(self):
        volume = self.make(host=SOCKET, proto="unix")
        volume.mount()
        self.assertTrue(volume.isdir("/"))

    def test_get_volume_id(self):
        volume = self.make()
        with self.assertRaises(VolumeNotMounted):
            volume.get_volume_id()
        volume.mount()
        found = volume.get_volume_id()
        self.assertEqual(str(uuid.UUID(found)), found)
        self.assertEqual([volume.volid, volume.get_volume_id()], [found, found])
