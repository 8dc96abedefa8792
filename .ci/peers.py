"""What other people's programs make of what hal prints (see .ci/peers). Each check that cannot be
made here says so; one that fails ends with an error."""

import pathlib
import sys

folder = pathlib.Path(sys.argv[1])
passed = failed = 0
skipped = []


def check(name, right, detail=""):
    global passed, failed
    if right:
        passed += 1
    else:
        failed += 1
        print(f"FAILED {name} {detail}")


def skip(name, why):
    skipped.append(name)
    print(f"SKIPPED {name}: {why}")


def lines(name):
    for line in (folder / name).read_text().splitlines():
        yield line.split("\t")


def barcodes():
    try:
        import zxingcpp
        from PIL import Image
    except ImportError as missing:
        return skip("barcode reader", missing)
    wanted = {}
    for file, text in lines("codes.txt"):
        wanted.setdefault(file, set()).add(text)
    for file, texts in wanted.items():
        read = {code.text for code in zxingcpp.read_barcodes(Image.open(folder / file))}
        # A UPC-A is an EAN-13 that begins with 0.
        read |= {text[1:] for text in read if len(text) == 13 and text.startswith("0")}
        for text in sorted(texts):
            check(f"zxing-cpp reads {text} in {file}", text in read, f"but {sorted(read)}")


def shaping():
    try:
        import numpy
        from PIL import Image, ImageDraw, ImageFont, features
    except ImportError as missing:
        return skip("HarfBuzz", missing)
    if not features.check("raqm"):
        return skip("HarfBuzz", "this Pillow has no Raqm")

    def ink(image):
        black = numpy.asarray(image.convert("L")) < 128
        rows, columns = numpy.where(black)
        if len(rows) == 0:
            return black[:0, :0]
        return black[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]

    for file, font, size, word in lines("words.txt"):
        ours = ink(Image.open(folder / file))
        font = ImageFont.truetype(font, int(size), layout_engine=ImageFont.Layout.RAQM)
        paper = Image.new("L", (800, 120), 255)
        ImageDraw.Draw(paper).text((40, 40), word, fill=0, font=font)
        theirs = ink(paper)
        wide = max(ours.shape[1], theirs.shape[1]) + 8
        high = max(ours.shape[0], theirs.shape[0]) + 8

        def on_paper(picture, x, y):
            whole = numpy.zeros((high, wide), bool)
            whole[y : y + picture.shape[0], x : x + picture.shape[1]] = picture
            return whole

        best = 0.0
        mine = on_paper(ours, 4, 4)
        for y in range(0, high - theirs.shape[0] + 1):
            for x in range(0, wide - theirs.shape[1] + 1):
                other = on_paper(theirs, x, y)
                best = max(best, (mine & other).sum() / max(1, (mine | other).sum()))
        near = abs(ours.shape[1] - theirs.shape[1]) <= 3
        print(f"  {word}: {ours.shape[1]} dots wide, HarfBuzz {theirs.shape[1]}, {best:.0%} of the ink alike")
        check(f"HarfBuzz sets {word} alike", near and best > 0.6, f"{best:.2f}")


def encoder():
    try:
        from escpos.printer import Dummy
        from PIL import Image
    except ImportError as missing:
        return skip("python-escpos", missing)

    def theirs(make):
        printer = Dummy(profile="default")
        make(printer)
        return printer.output

    def ours(name):
        return (folder / name).read_bytes()

    bars = theirs(
        lambda p: p.barcode("9780000001009", "EAN13", function_type="B", height=80, width=3)
    )
    check("python-escpos writes the same EAN-13", b"\x1dkC\x0d9780000001009" in bars and b"\x1dkC\x0d9780000001009" in ours("ean13.bin"))
    qr = theirs(lambda p: p.qr("hello", native=True, size=6, ec=1))
    stored = b"\x1d(k\x08\x001P0hello"
    printed = b"\x1d(k\x03\x001Q0"
    for part in (stored, printed):
        check("python-escpos writes the same QR code", part in qr and part in ours("qr.bin"), repr(qr))
    picture = Image.new("1", (16, 2), 1)
    for y, row in enumerate((0xF00F, 0xAA55)):
        for x in range(16):
            picture.putpixel((x, y), 0 if row & (0x8000 >> x) else 1)
    raster = theirs(lambda p: p.image(picture, impl="bitImageRaster", center=False))
    wanted = b"\x1dv0\x00\x02\x00\x02\x00\xf0\x0f\xaa\x55"
    check("python-escpos writes the same picture", wanted in raster and wanted in ours("image.bin"), repr(raster))


def emulator():
    if sys.version_info < (3, 13):
        return skip("emupos", "it needs Python 3.13")
    try:
        import importlib.resources

        import yaml
        from emupos.config import PrinterProfile
        from emupos.events import EventType
        from emupos.printer.printer import Printer, PrinterFault
    except ImportError as missing:
        return skip("emupos", missing)
    model = importlib.resources.files("emupos") / "profiles/printers/epson-tm-t20iii.yaml"
    model = yaml.safe_load(model.read_text())
    not_understood = (EventType.PRINTER_COMMAND_UNKNOWN, EventType.PRINTER_CODEPAGE_UNSUPPORTED)

    def printer(model):
        profile = PrinterProfile.model_validate(model)
        made = Printer("peer", profile, sensor_open_level="high", job_idle_timeout_ms=1000)
        made.open_connection("till", 0.0)
        return made

    # What only Epson's own printers are sent, and no emulator models: real-time commands switched
    # off around pictures (GS ( D), and the report of a printed job (GS ( H).
    only_epson = ("1d 28 44 ", "1d 28 48 ")
    # What it names and does not model, though each maker's manual has it: the international character
    # set (ESC R), of which none is wanted.
    named = ("1b 52 00",)

    def not_known(done, but=()):
        unknown = (dict(event.data) for event in done.events if event.type in not_understood)
        return [event for event in unknown if not event.get("bytes", "").startswith(named + but)]

    for file, dialect, columns, dots, draws, cuts in lines("receipts.txt"):
        if dialect != "esc-pos":
            continue
        # Its letters are 12 dots wide, also where the model's dots are coarser.
        width = max(int(dots), int(columns) * 12)
        peer = printer(dict(model, width_dots=width))
        done = peer.receive("till", (folder / file).read_bytes(), 0.0)
        done += peer.close_connection("till", 1.0)
        unknown = not_known(done, only_epson if "-epson-" in file else ())
        check(f"emupos knows every byte of {file}", not unknown, unknown)
        ends = [receipt.boundary for receipt in done.receipts]
        check(f"emupos cuts {file} as its model does", ends == ["cut" if cuts == "1" else "connection-closed"], ends)
        text = "".join(receipt.text for receipt in done.receipts)
        room = int(columns) - 4
        wanted = ["The Salt Road".ljust(room) + "7.99", "Crème brûlée".ljust(room) + "4.50"]
        if draws == "1":
            wanted += ["[barcode CODE128 C1-000042]", "[qr https://example.com/r/C1-000042]"]
        for part in wanted:
            check(f"emupos reads {part} in {file}", part in text, repr(text))
        opened = [event for event in done.events if event.type == EventType.DRAWER_OPENED]
        check(f"emupos opens its drawer once for {file}", len(opened) == 1, opened)
    for name in ("ean13.bin", "qr.bin", "image.bin", "text.bin"):
        peer = printer(model)
        done = peer.receive("till", (folder / name).read_bytes(), 0.0)
        done += peer.close_connection("till", 1.0)
        unknown = not_known(done)
        check(f"emupos knows every byte of {name}", not unknown, unknown)
        check(f"emupos prints {name}", len(done.receipts) == 1, f"{len(done.receipts)} receipts")
    # What it answers to our questions is what hal reads them as: see escpos::apply_answers.
    for fault, bits in (
        (None, (0x00, 0x00, 0x00, 0x00)),
        (PrinterFault.PAPER_OUT, (0x08, 0x20, 0x00, 0x60)),
        (PrinterFault.COVER_OPEN, (0x08, 0x04, 0x00, 0x00)),
        (PrinterFault.PAPER_NEAR_END, (0x00, 0x00, 0x00, 0x0C)),
    ):
        peer = printer(model)
        if fault is not None:
            peer.set_fault(fault, True, 0.0)
        said = b""
        for question in (folder / "questions.bin").read_bytes().split(b"\x10")[1:]:
            answered = peer.receive("till", b"\x10" + question, 0.0)
            said += b"".join(write.data for write in answered.writes)
        right = len(said) == 4 and all(
            byte & 0x93 == 0x12 and byte & want == want for byte, want in zip(said, bits)
        )
        check(f"emupos answers our questions with {fault or 'no fault'}", right, said.hex())


def star():
    if not (folder / "star.txt").exists():
        return skip("receipt-printer-encoder", "it needs Node and npm")
    theirs = list(lines("star.txt"))
    check("receipt-printer-encoder writes all of Star's commands", len(theirs) == 21, theirs)
    for file, dialect, columns, *_ in lines("receipts.txt"):
        if dialect == "esc-pos":
            continue
        kind = ["star-line" if "tsp650" in file else "star-prnt", columns]
        ours = (folder / file).read_bytes()
        for *other, command, hexadecimal in theirs:
            if other == kind:
                check(f"receipt-printer-encoder writes the same {command} as {file}", bytes.fromhex(hexadecimal) in ours, hexadecimal)


barcodes()
shaping()
encoder()
star()
emulator()
left_out = f": {', '.join(skipped)}" if skipped else ""
print(f"{passed} passed, {failed} failed, {len(skipped)} judges skipped{left_out}")
sys.exit(1 if failed else 0)
