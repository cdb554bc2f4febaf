"""Writes the bill of materials of a lock file to standard output, as CycloneDX JSON.

``python3 deploy/sbom.py deploy/requirements.lock`` needs the standard library alone. The same lock
gives the same bill, byte for byte.
"""

import json
import re
import sys
import uuid
from pathlib import Path
from typing import Any

PINNED = re.compile(r"^([a-z0-9.-]+)==(\S+?)(?: ;.*)? \\$")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
VIA = re.compile(r"^    #(?: via |   )(\S+)")
OURS = "songwennuan-portal"


def bill_of(lock: str) -> dict[str, Any]:
    """The bill of a lock: each package with the hashes of its files, and what needs what."""
    components: list[dict[str, Any]] = []
    needs: dict[str, list[str]] = {OURS: []}
    for line in lock.splitlines():
        if found := PINNED.match(line):
            name, version = found.groups()
            components.append(_component(name, version))
            needs.setdefault(name, [])
        elif found := HASH.search(line):
            files = components[-1]["externalReferences"][0]["hashes"]
            files.append({"alg": "SHA-256", "content": found[1]})
        elif components and (found := VIA.match(line)):
            needs.setdefault(found[1], []).append(components[-1]["name"])
    references = {each["name"]: each["bom-ref"] for each in components} | {OURS: OURS}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, lock)}",
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": OURS, "name": OURS}},
        "components": components,
        "dependencies": [
            {"ref": references[name], "dependsOn": sorted(references[each] for each in below)}
            for name, below in needs.items()
        ],
    }


def _component(name: str, version: str) -> dict[str, Any]:
    place = f"pkg:pypi/{name}@{version}"
    page = f"https://pypi.org/project/{name}/{version}/"
    return {
        "type": "library",
        "bom-ref": place,
        "name": name,
        "version": version,
        "purl": place,
        "externalReferences": [{"type": "distribution", "url": page, "hashes": []}],
    }


if __name__ == "__main__":
    bill = bill_of(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.stdout.write(json.dumps(bill, ensure_ascii=False, indent=1) + "\n")
