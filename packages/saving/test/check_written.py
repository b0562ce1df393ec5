"""Compares FOLDER/written.h5, written by writeHdf5, with FOLDER/written.json: h5py must read the same names, types, shapes and values."""

import json
import os
import sys

import h5py
from write_data import tree_of


def differences(received, expected, path=""):
    for name in expected["attributes"].keys() | received["attributes"].keys():
        if received["attributes"].get(name) != expected["attributes"].get(name):
            yield f"{path}@{name}"
    if {key: received.get(key) for key in ("dtype", "shape", "values")} != {
        key: expected.get(key) for key in ("dtype", "shape", "values")
    }:
        yield path
    children = received.get("children", {})
    for name in expected.get("children", {}).keys() | children.keys():
        if name not in children or name not in expected["children"]:
            yield f"{path}/{name} is on one side only"
        else:
            yield from differences(children[name], expected["children"][name], f"{path}/{name}")


def main(folder):
    with open(os.path.join(folder, "written.json")) as file:
        expected = json.load(file)
    with h5py.File(os.path.join(folder, "written.h5"), "r") as file:
        found = list(differences(tree_of(file), expected))
    # a file that can be opened for more: groups and datasets may be added to it
    with h5py.File(os.path.join(folder, "written.h5"), "a") as file:
        for index in range(50):
            file.create_group(f"wide/of 8/added {index}").attrs["name"] = "added"
        file["types"]["float32"][0, 0] = 5
    with h5py.File(os.path.join(folder, "written.h5"), "r") as file:
        if len(file["wide/of 8"]) != 58 or file["types/float32"][0, 0] != 5:
            found.append("what was added")
    print("\n".join(f"differs: {path}" for path in found[:20]) if found else "as expected")


if __name__ == "__main__":
    main(sys.argv[1])
