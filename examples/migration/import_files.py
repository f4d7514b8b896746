"""Starts an import job and waits for its end: files that lie in the storage of the server already.

    python import_files.py --target http://127.0.0.1:19530 books imports/books/1.parquet imports/books/2.parquet
"""

import argparse
import time

from pymilvus.bulk_writer import bulk_import, get_import_progress

arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument("collection")
arguments.add_argument("files", nargs="+", help="paths below the root of the storage; in a bucket below its prefix")
arguments.add_argument("--target", required=True)
arguments.add_argument("--target-token", default="", help="user:password")
arguments.add_argument("--partition", default="", help="that all rows go to")
options = arguments.parse_args()

answer = bulk_import(
    options.target,
    options.collection,
    files=[[file] for file in options.files],
    api_key=options.target_token,
    **({"partition_name": options.partition} if options.partition else {}),
).json()
job = answer["data"]["jobId"]
while True:
    progress = get_import_progress(options.target, job, api_key=options.target_token).json()["data"]
    if progress["state"] == "Completed":
        print(f"{options.collection}: {progress['importedRows']} rows imported")
        break
    if progress["state"] == "Failed":
        raise SystemExit(f"job {job} failed: {progress['reason']}")
    time.sleep(0.5)
