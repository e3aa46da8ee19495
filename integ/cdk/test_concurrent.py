"""Several processes that share one output directory, without the lock of the CDK's command line."""

from pathlib import Path

from integ import paused


def test_processes_that_share_an_output_directory_make_the_right_assets(tmp_path: Path) -> None:
    entry, outdir = paused.make(tmp_path / "entry"), tmp_path / "cdk.out"

    running = [paused.start(entry, outdir) for _ in range(3)]
    said = [process.communicate(timeout=120)[1] for process in running]

    assert [process.returncode for process in running] == [0, 0, 0], said
    assert paused.finished(outdir) == ["0\n", "1\n", "2\n"]
    assert sum(text.count("built in") for text in said) == 3
