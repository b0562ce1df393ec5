"""Compares a `.npz` file that TypeScript wrote with the one of numpy that it had read: `python check_numpy.py OURS THEIRS`."""

import sys

import numpy as np

ours, theirs = np.load(sys.argv[1]), np.load(sys.argv[2])
assert len(ours.files) == len(theirs.files), (ours.files, theirs.files)
for name, path in zip(ours.files, theirs.files):
    # Paths begin further inside in a model that was loaded.
    assert path.endswith(name), (name, path)
    assert ours[name].dtype == theirs[path].dtype, name
    assert ours[name].shape == theirs[path].shape, name
    assert np.array_equal(ours[name], theirs[path]), name
print("as expected")
