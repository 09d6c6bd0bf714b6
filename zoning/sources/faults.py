"""Whole-file faults in both languages: what is wrong with a file, and what its owner does next."""

from __future__ import annotations

from collections.abc import Sequence

from zoning.errors import Problem, Text


def missing(name: str) -> Problem:
    """Return the fault of a path that leads nowhere."""
    return Problem(
        "file-missing",
        Text("文件不存在。", "There is no such file."),
        Text(
            "检查路径与扩展名；路径含空格时加引号。",
            "Check the path and the extension; quote a path with spaces.",
        ),
        file=name,
    )


def not_local(name: str) -> Problem:
    """Return the fault of a URL or a virtual path."""
    return Problem(
        "file-not-local",
        Text("只读取本机文件，不访问网络地址或虚拟路径。", "Only local files are read, no URLs."),
        Text("先把文件下载到本机，再给出其路径。", "Download the file and give its path."),
        file=name,
    )


def is_folder(name: str) -> Problem:
    """Return the fault of a folder that is no FileGDB."""
    return Problem(
        "file-is-folder",
        Text("这是文件夹，不是矢量文件。", "This is a folder, not a vector file."),
        Text(
            "给出其中的文件；FileGDB 文件夹名须以 .gdb 结尾。",
            "Name a file in it; a FileGDB folder must end in .gdb.",
        ),
        file=name,
    )


def not_regular(name: str) -> Problem:
    """Return the fault of a pipe, socket or device."""
    return Problem(
        "file-not-regular",
        Text("这不是普通文件（管道、设备等）。", "This is no regular file (a pipe, a device)."),
        Text("先存成普通文件。", "Save it as a regular file first."),
        file=name,
    )


def unreadable(name: str) -> Problem:
    """Return the fault of missing permission."""
    return Problem(
        "file-unreadable",
        Text("没有读取该文件的权限。", "There is no permission to read the file."),
        Text("修改文件权限，或复制到可读位置。", "Change its permissions, or copy it elsewhere."),
        file=name,
    )


def empty(name: str) -> Problem:
    """Return the fault of a file of zero bytes."""
    return Problem(
        "file-empty",
        Text("文件为空（0 字节）。", "The file is empty (0 bytes)."),
        Text("重新导出或重新下载该文件。", "Export or download the file again."),
        file=name,
    )


def not_vector(name: str, formats: Text, detail: str = "") -> Problem:
    """Return the fault of a file that is in no known format."""
    return Problem(
        "not-vector",
        Text(
            f"无法作为矢量数据读取{f'（{detail}）' if detail else ''}。",
            f"This cannot be read as vector data{f' ({detail})' if detail else ''}.",
        ),
        Text(f"请另存为下列格式之一：{formats.zh}。", f"Save it as one of: {formats.en}."),
        file=name,
    )


def damaged(name: str, driver: str, detail: str, layer: str | None = None) -> Problem:
    """Return the fault of a file that begins well and then cannot be read."""
    detail = " ".join(detail.split())[:300].rstrip(".")
    shapefile = driver == "ESRI Shapefile"
    zh = "；Shapefile 须同时带 .shp、.shx、.dbf" if shapefile else ""
    en = "; a shapefile needs .shp, .shx, .dbf" if shapefile else ""
    return Problem(
        "file-damaged",
        Text(f"按 {driver} 读取失败：{detail}。", f"Reading it as {driver} failed: {detail}."),
        Text(
            f"文件可能不完整或已损坏：重新导出或重新下载{zh}。",
            f"It may be incomplete or damaged: export or download it again{en}.",
        ),
        file=name,
        layer=layer,
    )


def too_large(name: str, what: Text, limit: str) -> Problem:
    """Return the fault of a file beyond what is read."""
    return Problem(
        "file-too-large",
        Text(f"{what.zh}超过上限 {limit}，未读取。", f"{what.en} exceeds the limit of {limit}."),
        Text(
            "拆分文件，或另存为 GeoPackage；如为压缩包，请先自行解压核对。",
            "Split the file or save it as GeoPackage; unpack an archive yourself and look.",
        ),
        file=name,
    )


def no_features(name: str, layer: str | None = None) -> Problem:
    """Return the fault of a layer without a single feature."""
    return Problem(
        "no-features",
        Text("没有任何要素。", "It holds no features."),
        Text("检查导出时的选择集与图层。", "Check the selection and the layer when exporting."),
        file=name,
        layer=layer,
    )


def no_geometry(name: str, layer: str | None = None) -> Problem:
    """Return the fault of a table without geometry."""
    return Problem(
        "no-geometry",
        Text("该图层只有属性，没有几何。", "The layer has attributes only, no geometry."),
        Text(
            "选择带几何的图层（--layer），或重新导出。", "Choose another --layer, or export again."
        ),
        file=name,
        layer=layer,
    )


def several_layers(name: str, layers: Sequence[str]) -> Problem:
    """Return the fault of several layers of which none was chosen."""
    shown = "、".join(layers[:20]) + ("…" if len(layers) > 20 else "")
    listed = ", ".join(layers[:20]) + (", …" if len(layers) > 20 else "")
    return Problem(
        "several-layers",
        Text(f"含 {len(layers)} 个图层：{shown}。", f"It holds {len(layers)} layers: {listed}."),
        Text("用 --layer 指定其中一个。", "Choose one with --layer."),
        file=name,
    )


def layer_missing(name: str, layer: str, layers: Sequence[str]) -> Problem:
    """Return the fault of a layer name that the file does not hold."""
    listed = ", ".join(layers[:20])
    return Problem(
        "layer-missing",
        Text(f"没有图层“{layer}”。", f"There is no layer “{layer}”."),
        Text(f"可选图层：{listed}。", f"The layers are: {listed}."),
        file=name,
        layer=layer,
    )


def layerless(name: str, layer: str, kind: str) -> Problem:
    """Return the fault of a layer name for a format that holds one layer only."""
    return Problem(
        "layer-missing",
        Text(
            f"没有图层“{layer}”：{kind} 文件只有一个图层。",
            f"There is no layer “{layer}”: a {kind} file holds a single one.",
        ),
        Text("去掉 --layer，或核对文件名。", "Leave out --layer, or check the file's name."),
        file=name,
        layer=layer,
    )


def truncated(name: str, stated: int, size: int, lost: int) -> Problem:
    """Return the fault of a shapefile shorter than its header says."""
    return Problem(
        "file-damaged",
        Text(
            f".shp 文件被截断：文件头写 {stated} 字节，实有 {size} 字节，{lost} 个要素读不到几何。",
            f"The .shp is truncated: its header says {stated} bytes, there are {size}, and the "
            f"geometry of {lost} feature(s) is lost.",
        ),
        Text("重新复制、下载或导出整套文件。", "Copy, download or export the whole set again."),
        file=name,
    )


def shapefile_incomplete(name: str, suffixes: Sequence[str]) -> Problem:
    """Return the fault of a shapefile without its companions."""
    listed = ", ".join(suffixes)
    return Problem(
        "shapefile-incomplete",
        Text(f"Shapefile 缺少同名的 {listed} 文件。", f"The shapefile lacks its {listed}."),
        Text(
            "把 .shp、.shx、.dbf、.prj 放在同一文件夹，主文件名相同；或发来整套的 .zip。",
            "Put .shp, .shx, .dbf and .prj side by side under one name, or zip them all.",
        ),
        file=name,
    )


def encoding_unknown(name: str, encoding: str) -> Problem:
    """Return the fault of an encoding name that nobody knows."""
    return Problem(
        "encoding-unknown",
        Text(f"不认识的编码“{encoding}”。", f"Unknown encoding “{encoding}”."),
        Text("例如 --encoding UTF-8 或 GB18030。", "Give e.g. --encoding UTF-8 or GB18030."),
        file=name,
    )


def encoding_wrong(name: str, encoding: str, field: str | None = None) -> Problem:
    """Return the fault of text that is not in the encoding the user gave."""
    return Problem(
        "encoding-wrong",
        Text(f"文字不能按 {encoding} 解码。", f"The text cannot be decoded as {encoding}."),
        Text(
            "去掉 --encoding 让程序判断，或改用 UTF-8、GB18030。",
            "Leave out --encoding to have it found, or try UTF-8 or GB18030.",
        ),
        file=name,
        field=field,
    )


def too_deep(name: str) -> Problem:
    """Return the fault of JSON or XML nested beyond reason."""
    return Problem(
        "too-deep",
        Text("嵌套层数过多，未读取。", "It is nested too deeply to be read."),
        Text("重新导出为普通的要素集合。", "Export it again as a plain feature collection."),
        file=name,
    )


def crs_unknown(name: str, crs: str) -> Problem:
    """Return the fault of a CRS text that PROJ does not know."""
    return Problem(
        "crs-unknown",
        Text(f"不认识的坐标系“{crs[:80]}”。", f"Unknown coordinate system “{crs[:80]}”."),
        Text(
            "用 --crs 给出 EPSG 代码，例如 EPSG:4490、EPSG:4526。",
            "Give an EPSG code with --crs, e.g. EPSG:4490 or EPSG:4526.",
        ),
        file=name,
    )


def crs_missing(name: str, layer: str | None, options: Sequence[Text]) -> Problem:
    """Return the fault of a missing CRS, with those in which the data would lie in Shanxi."""
    return Problem(
        "crs-missing",
        Text("文件没有坐标系信息。", "The file states no coordinate system."),
        _choose(options),
        file=name,
        layer=layer,
    )


def metre_coordinates(name: str, bounds: str, options: Sequence[Text]) -> Problem:
    """Return the fault of GeoJSON whose numbers are no degrees."""
    return Problem(
        "geojson-metre-coordinates",
        Text(
            f"坐标不是经纬度（范围 {bounds}），而文件未声明坐标系，GeoJSON 规定为经纬度。",
            f"The coordinates are no degrees (bounds {bounds}), yet the file states no coordinate "
            "system, and GeoJSON then means longitude and latitude.",
        ),
        _choose(options),
        file=name,
    )


def crs_contradicted(
    name: str, layer: str | None, crs: str, bounds: str, options: Sequence[Text]
) -> Problem:
    """Return the fault of coordinates that do not fit the CRS the file states."""
    return Problem(
        "crs-contradicts-coordinates",
        Text(
            f"坐标范围 {bounds} 与坐标系 {crs} 不符。",
            f"The coordinates (bounds {bounds}) do not fit the coordinate system {crs}.",
        ),
        _choose(options),
        file=name,
        layer=layer,
    )


def axes_swapped(name: str, layer: str | None, bounds: str) -> Problem:
    """Return the fault of a file whose axes are all the wrong way round."""
    return Problem(
        "axes-swapped",
        Text(
            f"坐标轴顺序颠倒：纬度（北）在前、经度（东）在后（范围 {bounds}）。",
            f"The axes are swapped: latitude (north) comes before longitude (east), "
            f"bounds {bounds}.",
        ),
        Text(
            "交换每个坐标的两个数值后重新导出：先经度（东），后纬度（北）。",
            "Swap the two numbers of every coordinate and export again: east first, then north.",
        ),
        file=name,
        layer=layer,
    )


def transform_and_datum(name: str, datum: str) -> Problem:
    """Return the fault of two ways to CGCS2000 at once."""
    return Problem(
        "transform-and-datum",
        Text(
            f"--transform 与 --datum {datum} 不能同时使用。",
            f"--transform and --datum {datum} exclude each other.",
        ),
        Text("只留与数据来源相符的一个。", "Keep the one that fits the origin of the data."),
        file=name,
    )


def datum_unsupported(
    name: str, layer: str | None, datum: str, *, old: bool = False, local: bool = False
) -> Problem:
    """Return the fault of a datum that needs transformation parameters nobody gave.

    ``old`` for Xi'an 80 and Beijing 54, ``local`` for a CRS that is tied to no ellipsoid.
    """
    if not old:
        return _datum_unknown(name, layer, datum, local=local)
    return Problem(
        "datum-unsupported",
        Text(
            f"大地基准“{datum}”与 CGCS2000 相差数十米以上，换算参数属于测绘成果，文件中没有。",
            f"The datum “{datum}” is tens of metres or more off CGCS2000, and the file holds no "
            "transformation parameters; they are surveyors' results.",
        ),
        Text(
            "由测绘单位转换为 CGCS2000；或用 --transform 给出当地参数，"
            "或用 --crs 给出含 +towgs84= 参数的 PROJ 定义。",
            "Have it converted to CGCS2000, give the local parameters with --transform, or give "
            "--crs a PROJ definition with +towgs84=.",
        ),
        file=name,
        layer=layer,
    )


def _datum_unknown(name: str, layer: str | None, datum: str, *, local: bool) -> Problem:
    """Return the fault of a datum of which nothing says how far it is off."""
    if local:
        fault = Text(
            f"“{datum}”是地方或工程坐标系，没有说明它与 CGCS2000 的关系，无法定位。",
            f"“{datum}” is a local or engineering system; nothing ties it to CGCS2000, so the "
            "place is open.",
        )
    else:
        fault = Text(
            f"大地基准“{datum}”不是 CGCS2000 或 WGS 84，文件中也没有换算参数，相差多少不得而知。",
            f"The datum “{datum}” is neither CGCS2000 nor WGS 84, and the file holds no "
            "transformation parameters: how far it is off is unknown.",
        )
    return Problem(
        "datum-unsupported",
        fault,
        Text(
            "向数据提供方确认坐标系，请其提供 CGCS2000 成果；若数据其实是 CGCS2000，"
            "用 --crs 指定，例如 EPSG:4526。",
            "Ask whoever made the data, and have it delivered in CGCS2000; if it is CGCS2000 "
            "after all, give --crs, e.g. EPSG:4526.",
        ),
        file=name,
        layer=layer,
    )


def datum_needs_degrees(name: str, datum: str) -> Problem:
    """Return the fault of a web-map datum declared for data with a surveying CRS."""
    return Problem(
        "datum-not-applicable",
        Text(
            f"已声明 --datum {datum}，但坐标不是经纬度或网络墨卡托。",
            f"--datum {datum} was given, but the coordinates are neither degrees nor Web Mercator.",
        ),
        Text("去掉 --datum，或核对坐标来源。", "Leave out --datum, or check the origin."),
        file=name,
    )


def _choose(options: Sequence[Text]) -> Text:
    """Return the cure that lists the candidates."""
    if not options:
        return Text(
            "按常用坐标系都不落在山西境内：向数据提供方确认坐标系，再用 --crs 指定。",
            "No usual coordinate system puts it inside Shanxi: ask whoever made the data, then "
            "give --crs.",
        )
    zh = "；".join(o.zh for o in options)
    en = "; ".join(o.en for o in options)
    return Text(
        f"核对后用 --crs 指定。按下列坐标系数据落在山西境内：{zh}。",
        f"Check, then give --crs. The data would lie inside Shanxi in: {en}.",
    )
