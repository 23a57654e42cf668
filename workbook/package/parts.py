"""The parts of a zip: each unpacked when it is read and not before, within limits, and copied as it stands if nobody changed it."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import MutableMapping
from typing import TYPE_CHECKING

from workbook.package.limits import MEGABYTE, check_limit
from xlmodel.errors import WorkbookError

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIXED_DATE = (1980, 1, 1, 0, 0, 0)
_ENCRYPTED_FLAG = 0x1
_LOCAL_MARK = b"PK\x03\x04"
_LOCAL_HEADER, _LOCAL_LENGTHS = (
    30,
    26,
)  # bytes of a part's own header, and where it says how long its names are
_DEFAULT_ATTRIBUTES = 0o600 << 16  # as zipfile sets them
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})  # the two that the format allows
_RAW_DEFLATE = -15


class Parts(MutableMapping[str, bytes]):
    """The content of each part by its name, in the order of the file.

    Args:
        source: the bytes of the whole file.
        name: the file, for messages.

    Raises:
        WorkbookError: no zip, one with a password, a part twice, parts that share their bytes, or too many.
    """

    def __init__(self, source: bytes, name: str) -> None:
        """Read the directory of the zip, and unpack nothing."""
        self.source = source
        self._name = name
        self._entries: dict[str, zipfile.ZipInfo] = {}
        self._begins: dict[str, int] = {}
        self._unpacked: dict[str, bytes] = {}
        self._total = 0
        check_limit("file_mb", _megabytes(len(source)), name, f"a file of {_megabytes(len(source)):,} MB")
        try:
            with zipfile.ZipFile(io.BytesIO(source)) as archive:
                entries = archive.infolist()
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error) as error:
            raise self._damaged(error) from None
        check_limit("parts", len(entries), name, f"{len(entries):,} parts")
        for entry in entries:
            if entry.flag_bits & _ENCRYPTED_FLAG:
                raise WorkbookError(f"{name}: the zip is protected by a password; save it without one")
            part = entry.filename.replace("\\", "/")  # as some writers on Windows part the folders
            if part in self._entries:
                raise WorkbookError(f"{name}: holds {part} twice; save it again in Excel")
            self._entries[part] = entry
            self._begins[part] = self._begin(entry)
        self._refuse_overlaps()
        self._held: dict[str, bytes | None] = dict.fromkeys(self._entries)  # None: as in the file

    def __getitem__(self, part: str) -> bytes:
        """Give the content of a part.

        Raises:
            WorkbookError: it is damaged, or above a limit.
        """
        held = self._held[part]
        return self._original(part) if held is None else held

    def __setitem__(self, part: str, data: bytes) -> None:
        """Replace or add a part."""
        self._held[part] = data

    def __delitem__(self, part: str) -> None:
        """Take out a part."""
        del self._held[part]

    def __iter__(self) -> Iterator[str]:
        """Give the names, in the order of the file."""
        return iter(self._held)

    def __len__(self) -> int:
        """Give the number of parts."""
        return len(self._held)

    def __contains__(self, part: object) -> bool:
        """Tell whether there is such a part, without unpacking it."""
        return part in self._held

    @property
    def changed(self) -> list[str]:
        """Names of the parts that differ from the file as read, removed and added ones included."""
        names = {**dict.fromkeys(self._entries), **self._held}
        return [name for name in names if self.differs(name)]

    def differs(self, part: str) -> bool:
        """Tell whether a part differs from the file as read."""
        if part not in self._held or part not in self._entries:
            return True
        held = self._held[part]
        return held is not None and held != self._original(part)

    def write_to(self, archive: zipfile.ZipFile, buffer: io.BytesIO, part: str) -> None:
        """Put a part into an archive, one that has not changed as it stands compressed.

        Args:
            archive: an archive that is being written.
            buffer: what the archive is written to.
            part: the part; its date, compression and attributes are those of the file.
        """
        if self.differs(part):
            archive.writestr(self.entry(part), self[part])
            return
        original, entry = self._entries[part], self.entry(part)
        entry.CRC, entry.file_size = original.CRC, original.file_size
        entry.compress_size = original.compress_size
        entry.external_attr = entry.external_attr or _DEFAULT_ATTRIBUTES
        entry.header_offset = buffer.tell()
        buffer.write(entry.FileHeader())
        buffer.write(self._packed(part))
        archive.filelist.append(entry)
        archive.NameToInfo[part] = entry
        archive.start_dir = buffer.tell()  # where the next part goes

    def entry(self, part: str, *, deterministic: bool = False) -> zipfile.ZipInfo:
        """Make the zip entry of a part: that of the file, else one with a fixed date."""
        entry = zipfile.ZipInfo(part, _FIXED_DATE)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.create_system = 0  # else the platform would show in the bytes
        original = self._entries.get(part)
        if original is not None and not deterministic:
            entry.date_time = original.date_time
            entry.compress_type = original.compress_type
            entry.create_system = original.create_system
            entry.external_attr = original.external_attr
            entry.internal_attr = original.internal_attr
            entry.comment = original.comment
        return entry

    def _original(self, part: str) -> bytes:
        """Give a part as the file has it, unpacked once."""
        found = self._unpacked.get(part)
        if found is None:
            found = self._unpacked[part] = self._unpack(part)
        return found

    def _unpack(self, part: str) -> bytes:
        """Unpack a part; the directory may lie, so no more is unpacked than it says."""
        entry, where = self._entries[part], f"{self._name}: {part}"
        size = _megabytes(entry.file_size)
        check_limit("part_mb", size, where, f"unpacks to {size:,} MB")
        total = self._total + entry.file_size
        check_limit(
            "total_mb",
            _megabytes(total),
            where,
            f"brings all parts that are read to {_megabytes(total):,} MB",
        )
        ratio = entry.file_size // max(entry.compress_size, 1)
        if entry.file_size > MEGABYTE:
            check_limit("ratio", ratio, where, f"unpacks to {ratio:,} times its size")
        if entry.compress_type not in _METHODS:
            raise WorkbookError(f"{where}: packed in a way that Excel does not read; save it again in Excel")
        data = self._packed(part)
        if entry.compress_type == zipfile.ZIP_DEFLATED:
            try:
                data = zlib.decompressobj(_RAW_DEFLATE).decompress(data, entry.file_size + 1)
            except zlib.error as error:
                raise self._damaged(f"{part}: {error}") from None
        if len(data) != entry.file_size:
            raise self._damaged(f"{part}: the directory says {entry.file_size:,} bytes, and it holds others")
        if zlib.crc32(data) != entry.CRC:
            raise self._damaged(f"{part}: its check sum is another one")
        self._total = total
        return data

    def _packed(self, part: str) -> bytes:
        begin = self._begins[part]
        return self.source[begin : begin + self._entries[part].compress_size]

    def _begin(self, entry: zipfile.ZipInfo) -> int:
        """Give the offset of a part's content, behind its own header."""
        offset = entry.header_offset
        header = self.source[offset : offset + _LOCAL_HEADER]
        if offset < 0 or len(header) < _LOCAL_HEADER or not header.startswith(_LOCAL_MARK):
            raise self._damaged("a part is not where the directory says")
        names = struct.unpack_from("<HH", header, _LOCAL_LENGTHS)
        begin: int = offset + _LOCAL_HEADER + sum(names)
        if begin + entry.compress_size > len(self.source):
            raise self._damaged("a part ends behind the end of the file")
        return begin

    def _refuse_overlaps(self) -> None:
        """Refuse parts that share their bytes: so a small file would unpack to a large one many times over."""
        end = 0
        for part, entry in sorted(self._entries.items(), key=lambda item: item[1].header_offset):
            if entry.header_offset < end:
                raise self._damaged(f"{part} lies over another part")
            end = self._begins[part] + entry.compress_size

    def _damaged(self, reason: object) -> WorkbookError:
        return WorkbookError(f"{self._name}: damaged file ({reason}); save it again in Excel")


def _megabytes(size: int) -> int:
    """Give a size in whole megabytes, rounded up, so that a limit holds to the byte."""
    return -(-size // MEGABYTE)
