package flexo.download;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The room on a disk, in the hands of a test; as much as anybody wants unless the test says otherwise. */
public final class TestRoom implements Room {
    private final List<Long> wanted = new ArrayList<>();
    private final List<Long> wantedInTheEnd = new ArrayList<>();
    private final List<CompletableFuture<Void>> making = new ArrayList<>();
    private OptionalLong usableBytes = OptionalLong.empty();

    public void is(long bytes) {
        usableBytes = OptionalLong.of(bytes);
    }

    /** How many bytes were to be usable, in the order of asking. */
    public List<Long> wanted() {
        return wanted;
    }

    /** How many bytes will have to be usable for the whole files, in the same order. */
    public List<Long> wantedInTheEnd() {
        return wantedInTheEnd;
    }

    /** All who wait for room are told that everything was tried. */
    public void wasTried() {
        making.forEach(tried -> tried.complete(null));
        making.clear();
    }

    @Override
    public OptionalLong usableBytes() {
        return usableBytes;
    }

    @Override
    public CompletionStage<Void> make(long bytes, long inTheEndBytes) {
        wanted.add(bytes);
        wantedInTheEnd.add(inTheEndBytes);
        CompletableFuture<Void> tried = new CompletableFuture<>();
        making.add(tried);
        return tried;
    }
}
