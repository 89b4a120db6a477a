"""What the REST API does, each collection on a shard of Qdrant's own engine; requests are read by its client library."""

import datetime
import hashlib
import json
import pathlib
import tarfile

import qdrant_edge as engine
from filters import Refused, filter_of, given_id, shown_id
from pydantic import TypeAdapter
from qdrant_client.http import models

POINTS = TypeAdapter(models.PointInsertOperations)
SELECTOR = TypeAdapter(models.PointsSelector)
#: Says in a collection's folder what it was made with, beside the engine's own files.
MADE_WITH = "collection.json"


class Collection:
    """A folder with the engine's shard and what the collection was made with."""

    def __init__(self, folder: pathlib.Path, wanted: models.CreateCollection | None = None):
        self.folder = folder
        made = wanted is not None
        if made:
            folder.mkdir(parents=True)
            (folder / MADE_WITH).write_text(wanted.model_dump_json(exclude_none=True))
        self.wanted = wanted or models.CreateCollection.model_validate_json((folder / MADE_WITH).read_text())
        place = str(folder / "shard")
        self.shard = engine.EdgeShard.create(place, self._config()) if made else engine.EdgeShard.load(place)

    def _config(self):
        if self.wanted.sparse_vectors or not self.wanted.vectors:
            raise Refused(400, "Wrong input: the stand-in of Qdrant keeps dense vectors only")
        # Each update is flushed, so there is nothing that a log of writes would bring back.
        return engine.EdgeConfig(vectors=self._params(self.wanted.vectors), wal_enabled=False)

    def _params(self, given):
        if isinstance(given, dict):
            return {name: self._params(params) for name, params in given.items()}
        distance = getattr(engine.Distance, given.distance.value)
        return engine.EdgeVectorParams(size=given.size, distance=distance)

    def describe(self) -> dict:
        info = self.shard.info()
        wanted = json.loads(self.wanted.model_dump_json(exclude_none=True))
        params = {"vectors": wanted.pop("vectors"), "shard_number": 1, "replication_factor": 1, "on_disk_payload": True}
        return {
            "status": "green",
            "optimizer_status": "ok",
            "points_count": info.points_count,
            "indexed_vectors_count": info.indexed_vectors_count,
            "segments_count": info.segments_count,
            "config": {"params": params, **wanted},
            "payload_schema": {},
        }

    def sized(self, vector) -> None:
        """The engine's word for a vector of another size names neither size."""
        for name, numbers in vector.items() if isinstance(vector, dict) else [(None, vector)]:
            params = self.wanted.vectors if name is None else self.wanted.vectors.get(name)
            size = getattr(params, "size", None)
            if size is not None and len(numbers) != size:
                raise Refused(400, f"Wrong input: Vector dimension error: expected dim: {size}, got {len(numbers)}")

    def update(self, operation) -> dict:
        """Flushed each time: a server that is killed has kept what it said that it had."""
        self.shard.update(operation)
        self.shard.flush()
        return {"operation_id": 0, "status": "completed"}


class Store:
    def __init__(self, storage: str, snapshots: str):
        self.folder = pathlib.Path(storage) / "collections"
        self.snapshots = pathlib.Path(snapshots)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.known = {made.parent.name: Collection(made.parent) for made in self.folder.glob(f"*/{MADE_WITH}")}

    def close(self) -> None:
        for collection in self.known.values():
            collection.shard.close()

    def _at(self, name: str) -> Collection:
        if name not in self.known:
            raise Refused(404, f"Not found: Collection `{name}` doesn't exist!")
        return self.known[name]

    def collections(self) -> dict:
        return {"collections": [{"name": name} for name in sorted(self.known)]}

    def exists(self, name: str) -> dict:
        return {"exists": name in self.known}

    def describe(self, name: str) -> dict:
        return self._at(name).describe()

    def create(self, name: str, body: dict) -> bool:
        wanted = models.CreateCollection.model_validate(body)
        if name in self.known:
            raise Refused(409, f"Wrong input: Collection `{name}` already exists!")
        if "/" in name or name in ("", ".", ".."):
            raise Refused(422, f"Validation error: collection name cannot be {name!r}")
        self.known[name] = Collection(self.folder / name, wanted)
        return True

    def drop(self, name: str) -> bool:
        gone = self.known.pop(name, None)
        if gone is None:
            return False
        gone.shard.close()
        for file in sorted(gone.folder.rglob("*"), reverse=True):
            file.rmdir() if file.is_dir() else file.unlink()
        gone.folder.rmdir()
        return True

    def upsert(self, name: str, body: dict) -> dict:
        collection = self._at(name)
        points = [engine.Point(given_id(id), vector, payload) for id, vector, payload in rows(POINTS.validate_python(body))]
        for point in points:
            collection.sized(point.vector)
        return collection.update(engine.UpdateOperation.upsert_points(points))

    def retrieve(self, name: str, body: dict) -> list:
        wanted = models.PointRequest.model_validate(body)
        ids = [given_id(id) for id in wanted.ids]
        payload = payload_of(wanted.with_payload, True)
        return [shown(record) for record in self._at(name).shard.retrieve(ids, payload, wanted.with_vector or False)]

    def point(self, name: str, point: str) -> dict:
        found = self.retrieve(name, {"ids": [int(point) if point.isdigit() else point], "with_vector": True})
        if not found:
            raise Refused(404, f"Not found: Point with id {point} does not exists!")
        return found[0]

    def search(self, name: str, body: dict) -> list:
        wanted = models.SearchRequest.model_validate(body)
        named = isinstance(wanted.vector, models.NamedVector)
        vector, using = (wanted.vector.vector, wanted.vector.name) if named else (wanted.vector, None)
        return self._nearest(name, vector, using, wanted)

    def query(self, name: str, body: dict) -> dict:
        wanted = models.QueryRequest.model_validate(body)
        vector = wanted.query.nearest if isinstance(wanted.query, models.NearestQuery) else wanted.query
        if vector is not None and not isinstance(vector, list):
            raise Refused(400, f"Wrong input: the stand-in of Qdrant queries by a vector, found {type(vector).__name__}")
        return {"points": self._nearest(name, vector, wanted.using, wanted)}

    def _nearest(self, name: str, vector, using: str | None, wanted) -> list:
        collection = self._at(name)
        if vector is not None:
            collection.sized({using: vector} if using else vector)
        request = engine.QueryRequest(
            limit=wanted.limit or 10,
            offset=wanted.offset,
            query=None if vector is None else engine.Query.Nearest(vector, using),
            filter=filter_of(wanted.filter),
            with_payload=payload_of(wanted.with_payload, False),
            with_vector=wanted.with_vector or False,
            score_threshold=wanted.score_threshold,
        )
        return [shown(point) for point in collection.shard.query(request)]

    def scroll(self, name: str, body: dict) -> dict:
        wanted = models.ScrollRequest.model_validate(body)
        if wanted.order_by is not None:
            raise Refused(400, "Wrong input: the stand-in of Qdrant scrolls in the order of the ids")
        request = engine.ScrollRequest(
            offset=None if wanted.offset is None else given_id(wanted.offset),
            limit=wanted.limit or 10,
            filter=filter_of(wanted.filter),
            with_payload=payload_of(wanted.with_payload, True),
            with_vector=wanted.with_vector or False,
        )
        points, following = self._at(name).shard.scroll(request)
        return {"points": [shown(point) for point in points], "next_page_offset": shown_id(following)}

    def count(self, name: str, body: dict) -> dict:
        wanted = models.CountRequest.model_validate(body)
        return {"count": self._at(name).shard.count(engine.CountRequest(True, filter_of(wanted.filter)))}

    def delete(self, name: str, body: dict) -> dict:
        collection = self._at(name)
        selector = SELECTOR.validate_python(body)
        if isinstance(selector, models.FilterSelector):
            return collection.update(engine.UpdateOperation.delete_points_by_filter(filter_of(selector.filter)))
        return collection.update(engine.UpdateOperation.delete_points([given_id(id) for id in selector.points]))

    def list_snapshots(self, name: str) -> list:
        self._at(name)
        return [described(file) for file in sorted((self.snapshots / name).glob("*.snapshot"))]

    def snapshot(self, name: str) -> dict:
        collection = self._at(name)
        folder = self.snapshots / name
        folder.mkdir(parents=True, exist_ok=True)
        moment = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d-%H-%M-%S-%f")
        file = folder / f"{name}-{moment}.snapshot"
        collection.shard.flush()
        # The engine's files are mostly room for more: packed, a snapshot is as small as what it holds.
        with tarfile.open(file, "w:gz", compresslevel=1) as archive:
            archive.add(collection.folder, arcname=name)
        return described(file)

    def snapshot_file(self, name: str, snapshot: str) -> pathlib.Path:
        self._at(name)
        file = self.snapshots / name / snapshot
        if "/" in snapshot or not file.is_file():
            raise Refused(404, f"Not found: Snapshot {snapshot} not found")
        return file

    def drop_snapshot(self, name: str, snapshot: str) -> bool:
        self.snapshot_file(name, snapshot).unlink()
        return True

    def recover(self, name: str, body: dict) -> bool:
        file = pathlib.Path(body["location"].removeprefix("file://"))
        if not file.is_file():
            raise Refused(400, f"Bad request: Snapshot file {str(file)!r} does not exist")
        if body.get("checksum", described(file)["checksum"]) != described(file)["checksum"]:
            raise Refused(400, "Bad request: Snapshot checksum mismatch")
        self.drop(name)
        with tarfile.open(file) as archive:
            archive.extractall(self.folder, filter="data")
        self.known[name] = Collection(self.folder / name)
        return True


def rows(points) -> list:
    """Ids, vectors and payloads of either form in which a request brings points."""
    if isinstance(points, models.PointsList):
        return [(point.id, point.vector, point.payload) for point in points.points]
    batch = points.batch
    payloads = batch.payloads or [None] * len(batch.ids)
    return list(zip(batch.ids, batch.vectors, payloads, strict=True))


def payload_of(wanted, default: bool):
    """What of the payload an answer has, as the engine takes it."""
    if wanted is None:
        return default
    if isinstance(wanted, models.PayloadSelectorInclude):
        return wanted.include
    if isinstance(wanted, models.PayloadSelectorExclude):
        raise Refused(400, "Wrong input: the stand-in of Qdrant names the keys that an answer has, not those that it lacks")
    return wanted


def shown(point) -> dict:
    """A point as JSON has it, without what was not asked for."""
    parts = {"payload": point.payload, "vector": point.vector}
    scored = {"version": point.version, "score": point.score} if isinstance(point, engine.ScoredPoint) else {}
    return {"id": shown_id(point.id), **scored, **{name: value for name, value in parts.items() if value is not None}}


def described(file: pathlib.Path) -> dict:
    moment = datetime.datetime.fromtimestamp(file.stat().st_mtime, datetime.UTC)
    checksum = hashlib.sha256(file.read_bytes()).hexdigest()
    creation = moment.strftime("%Y-%m-%dT%H:%M:%S")
    return {"name": file.name, "creation_time": creation, "size": file.stat().st_size, "checksum": checksum}
