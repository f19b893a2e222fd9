"""Other readers behind the same face: TrOCR folders, asterocr in its own process, and refusals."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from common.errors import InputError, MissingPartError
from models.benchmark import compare
from models.handwriting import HandwritingReader, ReaderOptions
from models.plugins import open_reader
from models.plugins.aster import PYTHON, AsterReader
from models.plugins.letters import as_reading
from models.reading import Image, Reader, Reading
from models.training.data import Line
from models.weights import HANDWRITING, ONNX

ROOT = Path(__file__).parents[1]
LINES = Path(__file__).parent / "data" / "lines_fr"


@pytest.fixture(scope="module")
def images() -> list[Image]:
    found = [cv2.imread(str(path)) for path in sorted(LINES.glob("*.webp"))[:3]]
    return [np.asarray(cv2.cvtColor(one, cv2.COLOR_BGR2RGB), np.uint8) for one in found]


@pytest.fixture(scope="module")
def trocr(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A VisionEncoderDecoder as `save_pretrained` leaves it: bytes as tokens, random weights."""
    torch = pytest.importorskip("torch")
    hub = pytest.importorskip("transformers")
    tokenizers = pytest.importorskip("tokenizers")
    letters = sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {"<s>": 0, "<pad>": 1, "</s>": 2}
    vocabulary |= {letter: number for number, letter in enumerate(letters, start=3)}
    core = tokenizers.Tokenizer(tokenizers.models.BPE(vocab=vocabulary, merges=[]))
    core.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = tokenizers.decoders.ByteLevel()
    size = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    eyes = hub.ViTConfig(image_size=[32, 128], patch_size=16, intermediate_size=32, **size)
    pen = hub.TrOCRConfig(
        vocab_size=len(vocabulary),
        d_model=16,
        decoder_layers=1,
        decoder_attention_heads=2,
        decoder_ffn_dim=32,
        max_position_embeddings=24,
        cross_attention_hidden_size=16,
    )
    config = hub.VisionEncoderDecoderConfig.from_encoder_decoder_configs(eyes, pen)
    config.decoder_start_token_id, config.pad_token_id, config.eos_token_id = 0, 1, 2
    torch.manual_seed(3)
    model = hub.VisionEncoderDecoderModel(config=config)
    for name, value in (("decoder_start", 0), ("pad", 1), ("eos", 2)):
        setattr(model.generation_config, f"{name}_token_id", value)
    folder = tmp_path_factory.mktemp("trocr") / "tiny"
    model.save_pretrained(folder)
    special = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>"}
    hub.PreTrainedTokenizerFast(tokenizer_object=core, **special).save_pretrained(folder)
    hub.ViTImageProcessorPil(size={"height": 32, "width": 128}).save_pretrained(folder)
    return folder


def test_a_transformers_folder_reads_as_its_own_greedy_decoder(
    trocr: Path, images: list[Image]
) -> None:
    import torch
    from transformers import AutoTokenizer, VisionEncoderDecoderModel, ViTImageProcessorPil

    reader = open_reader(str(trocr))
    readings = reader.read(images)
    model = VisionEncoderDecoderModel.from_pretrained(trocr).eval()
    pixels = ViTImageProcessorPil.from_pretrained(trocr)(images=images, return_tensors="pt")
    with torch.no_grad():
        tokens = model.generate(**pixels, num_beams=1, do_sample=False, max_new_tokens=23)
    texts = AutoTokenizer.from_pretrained(trocr).batch_decode(tokens, skip_special_tokens=True)
    for reading, text in zip(readings, texts, strict=True):
        assert reading.text == text.replace("\ufffd", "").strip()
        assert "".join(letter for letter, _ in reading.chars) == reading.text
        assert all(0 < p <= 1 for _, p in reading.chars)
        assert reading.source.startswith("tiny@")
    again = pickle.loads(pickle.dumps(reader))  # as a pool of processes takes it
    assert again.read(images[:1])[0].text == readings[0].text


def test_what_is_no_reader_is_one_clear_line(trocr: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no reader here"):
        open_reader(str(tmp_path))
    broken = tmp_path / "half"
    broken.mkdir()
    (broken / "config.json").write_bytes((trocr / "config.json").read_bytes())
    with pytest.raises(InputError, match="not a whole VisionEncoderDecoder"):
        open_reader(str(broken))


def test_extract_reads_with_the_chosen_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hotich.commands import extract

    own = tmp_path / "own"
    shutil.copytree(HANDWRITING, own)
    seen: list[Reader | None] = []

    def instead(*_: object, reader: Reader | None, **__: object) -> None:
        seen.append(reader)
        raise InputError("that is enough")

    monkeypatch.setattr(extract, "run_book", instead)
    for name in ("", str(own)):
        with pytest.raises(InputError, match="enough"):
            extract.extract([tmp_path], "KS", tmp_path / "out", reader=name)
    assert seen[0] is None  # the run's own
    assert isinstance(seen[1], HandwritingReader) and seen[1].folder == own


def test_without_torch_the_extra_is_named(trocr: Path) -> None:
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "sys.argv = ['hotich', 'read', sys.argv[1], '--reader', sys.argv[2]]\n"
        "from hotich.cli import main\nmain()"
    )
    call = [sys.executable, "-c", code, str(LINES), str(trocr)]
    done = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 4
    assert "-e '.[train]'" in done.stderr
    assert "Traceback" not in done.stderr


FAKE = '''
import numpy as np
from models.charset import default_charset
from models.normalise import normalise

class AsterOCR:
    """Our own network in asterocr's clothes, so that its texts are known."""
    def __init__(self, enable_telemetry=True):
        assert not enable_telemetry
        self.model_path, self.input_name, self.output_name = {onnx!r}, "ink", "log_probs"
        self.vocab, self.blank_idx = self, 0
        letters = default_charset().characters
        self.idx2char = {{i: letter for i, letter in enumerate(letters, start=1)}}

    def preprocess_image(self, image):
        ink = normalise(np.asarray(image))
        ink = np.pad(ink, ((0, 0), (0, -ink.shape[1] % 64)))
        return ink[None, None].astype(np.float32) / np.float32(255)
'''


def test_asterocr_is_asked_in_a_process_of_its_own(
    images: list[Image], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "asterocr"
    package.mkdir()
    (package / "__init__.py").write_text(FAKE.format(onnx=str(HANDWRITING / ONNX)))
    about = tmp_path / "asterocr-7.8.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: asterocr\nVersion: 7.8\n")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{ROOT}")
    reader = open_reader("asterocr")
    assert reader.source == "asterocr@7.8"
    monkeypatch.setattr("models.handwriting._DOUBTFUL", -np.inf)  # it looks at a line once
    ours = HandwritingReader(options=ReaderOptions(beam=0)).read(images)
    theirs = reader.read(images)
    assert [one.text for one in theirs] == [one.text.strip() for one in ours]
    assert all(0 < p <= 1 for one in theirs for _, p in one.chars)


def test_a_missing_asterocr_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PYTHON, raising=False)
    with pytest.raises(MissingPartError, match="pip install asterocr"):
        AsterReader(Path(sys.executable))
    with pytest.raises(MissingPartError, match="cannot be run"):
        AsterReader(Path("/nowhere/python"))


def test_letters_become_a_reading() -> None:
    reading = as_reading([(" ", 1), ("e", 0.9), ("\u0302", 0.5), (" ", 1), (" ", 1)], "x@1")
    assert (reading.text, reading.chars) == ("ê", (("ê", 0.5),))
    assert as_reading([], "x@1").written == 0


class Slow:
    """Starting up costs as much as it likes; each line costs the same."""

    source = "slow@1"

    def read(self, lines: list[Image]) -> list[Reading]:
        spin(0.2 + 0.02 * len(lines))
        return [Reading("Nguyen Van A", 0.5) for _ in lines]


def spin(seconds: float) -> None:
    import time

    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_a_benchmark_counts_lines_and_not_starting_up() -> None:
    blank = np.full((40, 80), 255, np.uint8)
    lines = [Line(blank, "NGUYỄN VĂN A", "x")] * 11
    said: list[str] = []
    (standing,) = compare([Slow()], lines, said.append)
    assert standing.seconds == pytest.approx(0.02, rel=0.3)
    assert standing.rates.n == 11
    assert standing.rates.cer == pytest.approx(2 / 12)  # ễ and ă; case is folded
    assert standing.rates.blind_cer == 0
    assert len(said) == 2
    assert "slow@1" in said[1]
