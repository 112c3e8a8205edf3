package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A started program, the leader of a process group of its own.
 *
 * <p>Whatever is left of the group is killed by {@link #close}, or when this JVM ends, whichever comes first.
 */
final class RunningCommand implements AutoCloseable {
    private static final Set<RunningCommand> ALIVE = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> ALIVE.forEach(RunningCommand::kill)));
    }

    private final Command command;
    private final Process process;
    private final Path output;

    /** Where in the output file this program's own lines begin. */
    private final long outputStart;

    private RunningCommand(Command command, Process process, Path output, long outputStart) {
        this.command = command;
        this.process = process;
        this.output = output;
        this.outputStart = outputStart;
    }

    static RunningCommand watch(Command command, Process process, Path output, long outputStart) {
        RunningCommand running = new RunningCommand(command, process, output, outputStart);
        ALIVE.add(running);
        return running;
    }

    /**
     * The program's process number.
     *
     * @return the process, and its group
     */
    long pid() {
        return process.pid();
    }

    /**
     * Whether it has not ended yet.
     *
     * @return true while it runs
     */
    boolean isRunning() {
        return process.isAlive();
    }

    /**
     * Waits for its end; a program that takes longer is killed and fails the test.
     *
     * @param patience how long it may take
     * @return what became of it
     */
    CommandResult await(Duration patience) {
        try {
            boolean ended = process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                kill();
            }
            assertThat(ended)
                    .as("%s ended within %s; it printed:%n%s", command.words(), patience, output())
                    .isTrue();
            return new CommandResult(command, process.exitValue(), output());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + command.words(), e);
        }
    }

    /**
     * What it has printed so far.
     *
     * @return both streams
     */
    String output() {
        try {
            byte[] all = Files.readAllBytes(output);
            int from = (int) Math.min(outputStart, all.length);
            return new String(all, from, all.length - from, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Does what Ctrl-C does: SIGINT to the whole group. */
    void interrupt() {
        signal("INT");
    }

    /** Does what {@code systemctl stop} does first: SIGTERM to the program. */
    void terminate() {
        process.destroy();
    }

    /** Does what a power cut does to the whole group: SIGKILL. */
    void kill() {
        signal("KILL");
        process.destroyForcibly();
    }

    @Override
    public void close() {
        kill();
        ALIVE.remove(this);
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("sh", "-c", "kill -s " + name + " -- -" + process.pid())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
