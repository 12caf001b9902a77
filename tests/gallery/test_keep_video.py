"""How a finished file becomes a video of the gallery."""

import threading

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection

from studio.gallery.actions import keep_video
from studio.gallery.models import GalleryItem
from studio.generations.models import Generation

SHA = "a" * 64


def kept_files(root) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


@pytest.mark.django_db
def test_a_video_is_kept_under_its_own_name_with_all_its_files(generation, finished, tmp_path):
    original, prepared = finished(b"film")
    item = keep_video(generation(), attempt_number=1, choice=0, prepared=prepared, original=original, sha256=SHA)
    names = {f"{item.pk}/{name}" for name in ("original.mp4", "poster.webp", "preview.mp4", "sprite.webp")}
    assert kept_files(tmp_path / "media") == names
    with default_storage.open(item.original.name) as file:
        assert file.read() == b"film"
    assert item.playable.name == item.original.name
    assert (item.width, item.height, item.duration_s, item.size_bytes) == (1280, 720, 5.0, 4)
    assert item.facts["frames"] == 120
    assert item.sprite_grid == {"tiles": 20, "columns": 5, "tile_width": 160, "tile_height": 90}


@pytest.mark.django_db
def test_keeping_is_a_move_and_leaves_no_second_copy(generation, finished):
    original, prepared = finished()
    keep_video(generation(), attempt_number=1, choice=0, prepared=prepared, original=original, sha256=SHA)
    assert list(original.parent.iterdir()) == []


@pytest.mark.django_db
def test_an_original_browsers_cannot_play_is_kept_beside_its_proxy(generation, finished):
    original, prepared = finished(b"hevc", proxy=True, container="mov")
    item = keep_video(generation(), attempt_number=1, choice=0, prepared=prepared, original=original, sha256=SHA)
    assert item.playable.name == f"{item.pk}/playable.mp4"
    assert item.original.name == f"{item.pk}/original.mov"
    with default_storage.open(item.original.name) as file:
        assert file.read() == b"hevc"


@pytest.mark.django_db
def test_a_webm_keeps_its_kind(generation, finished):
    original, prepared = finished(b"webm", container="webm", video_codec="vp9")
    item = keep_video(generation(), attempt_number=1, choice=0, prepared=prepared, original=original, sha256=SHA)
    assert item.original.name.endswith(".webm")
    assert item.content_type == "video/webm"


@pytest.mark.django_db
def test_the_same_result_twice_is_one_video(generation, finished, tmp_path):
    row = generation()
    first, again = finished(), finished()
    one = keep_video(row, attempt_number=1, choice=0, prepared=first[1], original=first[0], sha256=SHA)
    before = kept_files(tmp_path / "media")
    two = keep_video(row, attempt_number=1, choice=0, prepared=again[1], original=again[0], sha256=SHA)
    assert one.pk == two.pk
    assert GalleryItem.objects.count() == 1
    assert kept_files(tmp_path / "media") == before


@pytest.mark.django_db
def test_another_choice_of_the_same_answer_is_another_video(generation, finished):
    row = generation()
    for choice in (0, 1):
        original, prepared = finished()
        keep_video(row, attempt_number=1, choice=choice, prepared=prepared, original=original, sha256=SHA)
    assert row.items.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_row_that_cannot_be_written_leaves_no_files(generation, finished, tmp_path):
    original, prepared = finished()
    row = generation()
    Generation.objects.filter(pk=row.pk).delete()  # removed while the film was being decoded
    with pytest.raises(IntegrityError):
        keep_video(row, attempt_number=1, choice=0, prepared=prepared, original=original, sha256=SHA)
    assert GalleryItem.objects.count() == 0
    assert kept_files(tmp_path / "media") == set()


@pytest.mark.django_db
def test_a_storage_that_refuses_one_file_keeps_none(generation, finished, tmp_path):
    original, prepared = finished()
    prepared.sprite.unlink()
    with pytest.raises(OSError):
        keep_video(generation(), attempt_number=1, choice=0, prepared=prepared, original=original, sha256=SHA)
    assert kept_files(tmp_path / "media") == set()
    assert GalleryItem.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_who_keep_the_same_result_at_once_get_one_video_and_one_set_of_files(generation, finished, tmp_path):
    row = generation()
    results = [finished(), finished()]
    together, kept = threading.Barrier(2), []

    def keep(original, prepared):
        together.wait()
        try:
            kept.append(
                keep_video(row, attempt_number=1, choice=0, prepared=prepared, original=original, sha256=SHA).pk
            )
        finally:
            connection.close()

    threads = [threading.Thread(target=keep, args=result) for result in results]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept) == 2
    assert len(set(kept)) == 1
    assert GalleryItem.objects.count() == 1
    assert {name.split("/")[0] for name in kept_files(tmp_path / "media")} == {str(kept[0])}
