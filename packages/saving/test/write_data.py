"""Writes test/data/hdf5: HDF5 files by h5py (libhdf5), each with a JSON of what numpy says is in them, both gzipped; and test/data/zip.

Run `python write_data.py` with a Python that has h5py 3.14 (HDF5 1.14) and numpy, then with one that has h5py 3.16 (HDF5 2.0).
Sizes are kept small; files are committed.
"""

import gzip
import json
import os
import zipfile

import h5py
import numpy as np

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")
FOLDER = os.path.join(DATA, "hdf5")
RANDOM = np.random.default_rng(1)


def values_of(array):
    """JSON of an array's values: numbers as they are, 64-bit integers and what JSON has no number for as text."""
    flat = np.asarray(array).ravel()
    if flat.dtype.kind in "SUO":
        return [item.decode() if isinstance(item, bytes) else item for item in flat.tolist()]
    if flat.dtype.kind == "V":
        return list(flat.tobytes())
    if flat.dtype.kind == "b":
        return [int(item) for item in flat]
    if flat.dtype.itemsize == 8 and flat.dtype.kind in "iu":
        return [str(item) for item in flat]
    return [float(item) if np.isfinite(item) else str(float(item)) for item in flat]


def dtype_of(stored):
    """The reader's name of a type."""
    if h5py.check_string_dtype(stored) is not None:
        return "string"
    return "opaque" if stored.kind == "V" else stored.name


def describe(stored, value):
    return {"dtype": dtype_of(stored), "shape": list(np.shape(value)), "values": values_of(value)}


def attributes_of(item):
    found = {}
    for name in item.attrs:
        attribute = item.attrs.get_id(name)
        if attribute.shape is None:
            found[name] = {"dtype": "float32", "shape": [0], "values": []}
        else:
            found[name] = describe(attribute.dtype, item.attrs[name])
    return found


def tree_of(group):
    tree = {"attributes": attributes_of(group), "children": {}}
    for name in group:
        item = group[name]
        if isinstance(item, h5py.Group):
            tree["children"][name] = tree_of(item)
        else:
            tree["children"][name] = {"attributes": attributes_of(item), **describe(item.dtype, item[()])}
    return tree


def write(name, fill, **options):
    path = os.path.join(FOLDER, name)
    with h5py.File(path + ".h5", "w", **options) as file:
        fill(file)
    with h5py.File(path + ".h5", "r") as file:
        tree = json.dumps(tree_of(file), separators=(",", ":"))
    compress(path + ".json.gz", tree.encode())
    compress_file(path + ".h5")


def compress_file(path):
    with open(path, "rb") as file:
        compress(path + ".gz", file.read())
    os.remove(path)


def compress(path, data):
    with open(path, "wb") as out:
        out.write(gzip.compress(data, mtime=0))


def dtypes(file):
    for dtype in ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"):
        for order in "<>":
            numbers = np.asarray(RANDOM.integers(0, 100, (2, 3)), dtype).astype(order + dtype)
            file.create_dataset(f"{'big' if order == '>' else 'little'}/{dtype}", data=numbers)
    half = np.array([0, -0.0, 1, -2, 65504, 6e-8, 6.1e-5, np.inf, -np.inf, np.nan, 1 / 3], "f2")
    file.create_dataset("halves", data=half)
    file.create_dataset("extremes", data=np.array([-(2**63), 2**63 - 1, 0], "i8"))
    file.create_dataset("bool", data=np.array([[True, False], [False, True]]))
    file.create_dataset("scalar", data=np.float32(2.5))
    file.create_dataset("zero size", data=np.zeros((0, 3), "f4"))
    file.create_dataset("fixed strings", data=np.array([b"a", b"", b"three"], "S5"))
    file.create_dataset("strings", data=np.array(["", "ä", "日本", "x" * 300], dtype=h5py.string_dtype()))
    file.create_dataset("bfloat16", data=np.frombuffer(b"\x80\x3f\x00\x40", "V2"))
    file["bfloat16"].attrs["dtype"] = "bfloat16"
    file.create_dataset("enum", data=np.array([1, 0, 2], "i2"), dtype=h5py.enum_dtype({"a": 0, "b": 1, "c": 2}, "i2"))
    file.create_dataset("never written", shape=(2, 2), dtype="f4", fillvalue=7.5)
    file["soft"] = h5py.SoftLink("/little/f4")
    file["little/relative"] = h5py.SoftLink("f8")
    file["hard"] = file["scalar"]


def attributes(file):
    file.attrs["text"] = "Modell ü"
    file.attrs["texts"] = ["a", "bc", ""]
    file.attrs["bytes"] = np.array([b"conv2d", b"dense"])
    file.attrs["one bytes"] = np.bytes_(b"conv2d")
    file.attrs["float"] = 0.5
    file.attrs["int"] = 7
    file.attrs["bool"] = True
    file.attrs["matrix"] = np.arange(6, dtype="f4").reshape(2, 3)
    file.attrs["nothing"] = np.zeros(0)
    file.attrs["empty"] = h5py.Empty("f4")
    group = file.create_group("many")
    for index in range(40):
        group.attrs[f"attribute {index}"] = np.arange(index, dtype="i4")
    file.create_group("long").attrs["config"] = "{" + "x" * 5000 + "}"
    file["long"].attrs["numbers"] = np.arange(1500, dtype="f4")


def chunks(file):
    numbers = np.arange(15 * 22, dtype="f4").reshape(15, 22)
    options = {
        "plain": {},
        "gzip": {"compression": "gzip"},
        "shuffle": {"compression": "gzip", "shuffle": True},
        "fletcher": {"fletcher32": True},
        "all": {"compression": "gzip", "shuffle": True, "fletcher32": True},
    }
    grids = {
        "single": {"chunks": (15, 22)},
        "fixed": {"chunks": (4, 5)},
        "bounded": {"chunks": (4, 5), "maxshape": (40, 44)},
        "rows": {"chunks": (4, 5), "maxshape": (None, 22)},
        "columns": {"chunks": (4, 5), "maxshape": (15, None)},
        "both": {"chunks": (4, 5), "maxshape": (None, None)},
    }
    for grid, chunking in grids.items():
        for name, filters in options.items():
            file.create_dataset(f"{grid}/{name}", data=numbers, **chunking, **filters)
    file.create_dataset("cube", data=RANDOM.integers(0, 9, (5, 4, 3)).astype("i2"), chunks=(2, 3, 2), compression="gzip")
    file.create_dataset("text", data=np.array(["a", "bb", "ccc"], dtype=h5py.string_dtype()), chunks=(2,), compression="gzip")
    partly = file.create_dataset("partly", shape=(10, 10), chunks=(3, 3), dtype="f4", fillvalue=-1)
    partly[4:5, 7:9] = 3
    odd = file.create_dataset("odd bytes", data=np.arange(7, dtype="u1"), chunks=(7,), fletcher32=True)
    assert odd.size == 7


def many_chunks(file):
    """Indexes of several levels and pages."""
    numbers = np.arange(3000, dtype="i2")
    for name, options in (("fixed", {}), ("growing", {"maxshape": (None,)})):
        file.create_dataset(name, data=numbers, chunks=(1,), **options)
    file.create_dataset("both", data=numbers[:900].reshape(30, 30), chunks=(1, 1), maxshape=(None, None))
    sparse = file.create_dataset("sparse", shape=(9000,), chunks=(1,), dtype="i2")
    sparse[5000] = 1
    sparse = file.create_dataset("sparse growing", shape=(9000,), chunks=(1,), maxshape=(None,), dtype="i2")
    sparse[8000] = 2
    shrunk = file.create_dataset("shrunk", data=numbers[:60].reshape(6, 10), chunks=(2, 2), maxshape=(None, 10))
    shrunk.resize((3, 10))


def implicit(file):
    """Space allocated early and no filters: chunks without an index."""
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    properties.set_chunk((2, 3))
    properties.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    space = h5py.h5s.create_simple((5, 7))
    dataset = h5py.Dataset(h5py.h5d.create(file.id, b"implicit", h5py.h5t.IEEE_F32LE, space, properties))
    dataset[...] = np.arange(35, dtype="f4").reshape(5, 7)
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    properties.set_layout(h5py.h5d.COMPACT)
    dataset = h5py.Dataset(h5py.h5d.create(file.id, b"compact", h5py.h5t.STD_I32BE, space, properties))
    dataset[...] = np.arange(35, dtype="i4").reshape(5, 7)
    named = h5py.h5t.IEEE_F32LE.copy()
    named.commit(file.id, b"~type")
    dataset = h5py.Dataset(h5py.h5d.create(file.id, b"named", named, space))
    dataset[...] = 3
    del file["~type"]


def wide(file):
    for index in range(400):
        file.create_group(f"group {index}")
    file["group 7"].create_dataset("0", data=np.float32(7))


def wide_latest(file):
    file.create_group("links")
    for index in range(300):
        file["links"][f"a rather long name of a link, number {index}"] = h5py.SoftLink("/links/target")
    file["links/target"] = np.float32(1)
    for index in range(120):
        file["links"].attrs[f"attribute {index}"] = np.arange(index % 17, dtype="f8")
    file["links"].attrs["huge"] = np.arange(9000, dtype="f8")


def latest(name, fill, **options):
    write(name, fill, libver="latest", **options)


def main():
    os.makedirs(FOLDER, exist_ok=True)
    if h5py.version.hdf5_version_tuple >= (2, 0, 0):  # its own files, beside those of 1.14 that are there
        latest("chunks-hdf5-2", chunks)
        latest("attributes-hdf5-2", attributes)
        return
    for fill in (dtypes, attributes, chunks, implicit):
        write(fill.__name__ + "-earliest", fill)
        latest(fill.__name__ + "-latest", fill)
    latest("many-chunks", many_chunks)
    write("wide-earliest", wide)
    latest("wide-latest", wide_latest)
    write("user-block", lambda file: file.create_dataset("x", data=np.arange(4.0)), userblock_size=1024)
    write("v110", lambda file: file.create_dataset("x", data=np.arange(4.0)), libver=("v110", "v110"))
    write_refused()
    write_zips()


def write_refused():
    with h5py.File(os.path.join(FOLDER, "refused.h5"), "w") as file:
        file.create_dataset("lzf", data=np.arange(100), compression="lzf")
        file.create_dataset("compound", data=np.zeros(2, [("a", "f4"), ("b", "i4")]))
        file.create_dataset("complex", data=np.zeros(2, "c8"))
        file.create_dataset("ragged", shape=(2,), dtype=h5py.vlen_dtype("i4"))
        file.create_dataset("scale offset", data=np.arange(100), scaleoffset=0)
        file["external link"] = h5py.ExternalLink("other.h5", "/x")
        file["dangling"] = h5py.SoftLink("/nowhere")
        file["circle"] = h5py.SoftLink("/circle")
        file["group/self"] = file.require_group("group")
        file["group/up"] = h5py.SoftLink("/group")
        file["type"] = np.dtype("f4")
        layout = h5py.VirtualLayout((4,), "f4")
        layout[:] = h5py.VirtualSource("other.h5", "x", (4,))
        file.create_virtual_dataset("virtual", layout)
        brain = h5py.h5t.IEEE_F16LE.copy()
        brain.set_fields(15, 7, 8, 0, 7)
        brain.set_ebias(127)
        space = h5py.h5s.create_simple((3,))
        numbers = h5py.Dataset(h5py.h5d.create(file.id, b"bfloat16", brain, space))
        numbers[...] = np.array([1, -2.5, 3e38], "f4")
        file.create_dataset("huge", shape=(2**20, 2**20), dtype="f4")
        file.create_dataset("huge chunks", shape=(2**20, 2**20), dtype="f4", chunks=(2**10, 2**10), compression="gzip")
        file.create_dataset("bomb", data=np.zeros(2**25, "f4"), chunks=(2**22,), compression="gzip")
        file.create_dataset("external", shape=(4,), dtype="f4", external=[("other.bin", 0, 16)])
    with h5py.File(os.path.join(FOLDER, "refused.h5"), "a") as file:
        for index in range(70):
            name = "deep" + "/d" * index
            file.require_group(name)
    compress_file(os.path.join(FOLDER, "refused.h5"))


class Unseekable:
    """A file that cannot be written twice at a place, so that sizes come behind the members."""

    def __init__(self, file):
        self.file = file

    def write(self, data):
        return self.file.write(data)

    def flush(self):
        self.file.flush()


def write_zip(name, compression=zipfile.ZIP_STORED, streamed=False, zip64=False, comment=b""):
    members = {
        "metadata.json": b'{"keras_version": "3.15.1"}',
        "config.json": b"{}" * 500,
        "assets/": b"",
        "assets/\u00fc.txt": "\u00fc".encode(),
        "zeros": bytes(10_000),
    }
    with open(os.path.join(DATA, "zip", name + ".zip"), "wb") as file:
        with zipfile.ZipFile(Unseekable(file) if streamed else file, "w", compression) as archive:
            for member, data in members.items():
                info = zipfile.ZipInfo(member)
                info.compress_type = compression
                with archive.open(info, "w", force_zip64=zip64) as out:
                    out.write(data)
            archive.comment = comment


def write_zips():
    os.makedirs(os.path.join(DATA, "zip"), exist_ok=True)
    write_zip("stored")
    write_zip("deflated", zipfile.ZIP_DEFLATED)
    write_zip("streamed", zipfile.ZIP_DEFLATED, streamed=True)
    zipfile.ZIP64_LIMIT = 100  # so that sizes and the directory take their zip64 forms
    write_zip("zip64", zipfile.ZIP_DEFLATED, zip64=True)
    zipfile.ZIP64_LIMIT = (1 << 31) - 1
    write_zip("commented", comment=b"PK\x05\x06 is how the end starts")


if __name__ == "__main__":
    main()
