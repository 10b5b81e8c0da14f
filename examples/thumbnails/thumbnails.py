#!/usr/bin/env python3
"""Makes thumbnails of the pictures below a directory of a volume, without a mount.

    thumbnails.py VOLFILE DIRECTORY

Each goes into the directory `.thumbnails` beside its picture, as JPEG of at most 160 pixels. A thumbnail that is
newer than its picture stays. Several pictures are read at a time.
"""
import io
import sys
from concurrent.futures import ThreadPoolExecutor

from glossa import Volume
from PIL import Image, UnidentifiedImageError

SIZE_PIXELS = 160, 160
FOLDER = ".thumbnails"
ENDINGS = ".jpg", ".jpeg", ".png", ".gif", ".webp"
AT_A_TIME = 8


def find_pictures(volume, top):
    """(picture, thumbnail) of each picture whose thumbnail is absent or old."""
    for directory, directories, names in volume.walk(top):
        directories[:] = [name for name in directories if name != FOLDER]
        for name in names:
            if not name.lower().endswith(ENDINGS):
                continue
            picture = f"{directory.rstrip('/')}/{name}"
            thumbnail = f"{directory.rstrip('/')}/{FOLDER}/{name}.jpg"
            if not volume.exists(thumbnail) or volume.getmtime(thumbnail) < volume.getmtime(picture):
                yield picture, thumbnail


def make_thumbnail(volume, picture, thumbnail):
    """Returns what happened, in words, and whether there is a thumbnail."""
    try:
        with volume.open(picture, "rb") as file:
            image = Image.open(file)
            width, height = image.size
            image.thumbnail(SIZE_PIXELS)
            data = io.BytesIO()
            image.convert("RGB").save(data, "JPEG")
    except UnidentifiedImageError:
        return f"{picture}: not a picture", False
    volume.makedirs(thumbnail.rpartition("/")[0], exist_ok=True)
    # A thumbnail has its name once it is whole.
    with volume.open(f"{thumbnail}.new", "wb") as file:
        file.write(data.getbuffer())
    volume.replace(f"{thumbnail}.new", thumbnail)
    return f"{picture}: {width} x {height} -> {image.width} x {image.height}", True


def main(volfile, top):
    with Volume(volfile) as volume, ThreadPoolExecutor(AT_A_TIME) as threads:
        pairs = sorted(find_pictures(volume, top))
        made = 0
        for line, is_made in threads.map(lambda pair: make_thumbnail(volume, *pair), pairs):
            print(line)
            made += is_made
        print(f"{made} thumbnails")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__.partition("\n\n")[2].partition("\n\n")[0].strip())
    main(*sys.argv[1:])
