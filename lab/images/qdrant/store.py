"""What the REST API does, on the vectors of Qdrant's own client library, which keeps them in SQLite."""

import datetime
import hashlib
import os
import pathlib
import tarfile

from pydantic import TypeAdapter
from qdrant_client.http import models
from qdrant_client.local.qdrant_local import QdrantLocal

POINTS = TypeAdapter(models.PointInsertOperations)
SELECTOR = TypeAdapter(models.PointsSelector)


class Refused(Exception):
    """An answer that is an error: its status and text."""

    def __init__(self, status: int, text: str):
        super().__init__(text)
        self.status = status


class Store:
    def __init__(self, storage: str, snapshots: str):
        self.snapshots = pathlib.Path(snapshots)
        self.local = QdrantLocal(storage, force_disable_check_same_thread=True)

    def _known(self, name: str) -> None:
        if not self.local.collection_exists(name):
            raise Refused(404, f"Not found: Collection `{name}` doesn't exist!")

    def collections(self) -> dict:
        return plain(self.local.get_collections())

    def exists(self, name: str) -> dict:
        return {"exists": self.local.collection_exists(name)}

    def describe(self, name: str) -> dict:
        self._known(name)
        return plain(self.local.get_collection(name))

    def create(self, name: str, body: dict) -> bool:
        wanted = models.CreateCollection.model_validate(body)
        if self.local.collection_exists(name):
            raise Refused(409, f"Wrong input: Collection `{name}` already exists!")
        return self.local.create_collection(name, wanted.vectors, wanted.sparse_vectors, wanted.metadata)

    def drop(self, name: str) -> bool:
        return self.local.delete_collection(name)

    def upsert(self, name: str, body: dict) -> dict:
        self._known(name)
        points = POINTS.validate_python(body)
        self._sized(name, body)
        given = points.points if isinstance(points, models.PointsList) else points.batch
        return plain(self.local.upsert(name, given))

    def _sized(self, name: str, body: dict) -> None:
        """The library takes vectors of any size; the server does not."""
        size = getattr(self.local.get_collection(name).config.params.vectors, "size", None)
        vectors = [point["vector"] for point in body.get("points", [])] or body.get("batch", {}).get("vectors", [])
        for vector in vectors:
            if size is not None and isinstance(vector, list) and len(vector) != size:
                raise Refused(400, f"Wrong input: Vector dimension error: expected dim: {size}, got {len(vector)}")

    def retrieve(self, name: str, body: dict) -> list:
        self._known(name)
        wanted = models.PointRequest.model_validate(body)
        payload = True if wanted.with_payload is None else wanted.with_payload
        return plain(self.local.retrieve(name, wanted.ids, payload, wanted.with_vector or False))

    def point(self, name: str, point: str) -> dict:
        found = self.retrieve(name, {"ids": [int(point) if point.isdigit() else point], "with_vector": True})
        if not found:
            raise Refused(404, f"Not found: Point with id {point} does not exists!")
        return found[0]

    def search(self, name: str, body: dict) -> list:
        self._known(name)
        wanted = models.SearchRequest.model_validate(body)
        named = isinstance(wanted.vector, (models.NamedVector, models.NamedSparseVector))
        answer = self.local.query_points(
            name,
            query=wanted.vector.vector if named else wanted.vector,
            using=wanted.vector.name if named else None,
            query_filter=wanted.filter,
            limit=wanted.limit,
            offset=wanted.offset,
            with_payload=wanted.with_payload or False,
            with_vectors=wanted.with_vector or False,
            score_threshold=wanted.score_threshold,
        )
        return plain(answer.points)

    def query(self, name: str, body: dict) -> dict:
        self._known(name)
        wanted = models.QueryRequest.model_validate(body)
        return plain(self.local.query_batch_points(name, [wanted])[0])

    def scroll(self, name: str, body: dict) -> dict:
        self._known(name)
        wanted = models.ScrollRequest.model_validate(body)
        payload = True if wanted.with_payload is None else wanted.with_payload
        points, following = self.local.scroll(
            name,
            scroll_filter=wanted.filter,
            limit=wanted.limit or 10,
            order_by=wanted.order_by,
            offset=wanted.offset,
            with_payload=payload,
            with_vectors=wanted.with_vector or False,
        )
        return {"points": plain(points), "next_page_offset": following}

    def count(self, name: str, body: dict) -> dict:
        self._known(name)
        return plain(self.local.count(name, models.CountRequest.model_validate(body).filter))

    def delete(self, name: str, body: dict) -> dict:
        self._known(name)
        selector = SELECTOR.validate_python(body)
        return plain(self.local.delete(name, selector))

    def list_snapshots(self, name: str) -> list:
        self._known(name)
        folder = self.snapshots / name
        return [described(file) for file in sorted(folder.glob("*.snapshot"))]

    def snapshot(self, name: str) -> dict:
        self._known(name)
        folder = self.snapshots / name
        folder.mkdir(parents=True, exist_ok=True)
        moment = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d-%H-%M-%S-%f")
        file = folder / f"{name}-{moment}.snapshot"
        with tarfile.open(file, "w") as archive:
            archive.add(os.path.join(self.local.location, "collection", name), arcname=name)
        return described(file)


def described(file: pathlib.Path) -> dict:
    moment = datetime.datetime.fromtimestamp(file.stat().st_mtime, datetime.UTC)
    checksum = hashlib.sha256(file.read_bytes()).hexdigest()
    creation = moment.strftime("%Y-%m-%dT%H:%M:%S")
    return {"name": file.name, "creation_time": creation, "size": file.stat().st_size, "checksum": checksum}


def plain(answer):
    """What the library answers, as JSON has it."""
    return [plain(part) for part in answer] if isinstance(answer, list) else answer.model_dump(mode="json", exclude_none=True)
