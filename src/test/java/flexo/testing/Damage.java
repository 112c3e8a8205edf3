package flexo.testing;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Spoils files, requests and texts in every way that disks, networks and strangers do; the same seed spoils the same way. */
public final class Damage {
    private final Random random;
    private final List<byte[]> words;

    /**
     * A source of damage.
     *
     * @param seed which damage
     * @param words what is put in now and then: words that mean something to who reads the result
     */
    public Damage(long seed, String... words) {
        random = new Random(seed);
        this.words = Arrays.stream(words)
                .map(word -> word.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    /**
     * Bytes with some damage.
     *
     * @param whole what is right; not empty, and left as it is
     * @return other bytes, as a rule; about as many
     */
    public byte[] of(byte[] whole) {
        byte[] damaged = whole.clone();
        switch (random.nextInt(words.isEmpty() ? 5 : 8)) {
            case 0 -> damaged = Arrays.copyOf(whole, random.nextInt(whole.length));
            case 1 -> {
                int from = random.nextInt(whole.length);
                int to = random.nextInt(whole.length);
                System.arraycopy(whole, from, damaged, to, random.nextInt(whole.length - Math.max(from, to)));
            }
            case 2 -> {
                int from = random.nextInt(whole.length);
                Arrays.fill(damaged, from, from + random.nextInt(whole.length - from), (byte) random.nextInt());
            }
            case 3, 4 -> {
                for (int flips = random.nextInt(8); flips >= 0; flips--) {
                    damaged[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
                }
            }
            default -> {
                for (int insertions = random.nextInt(4); insertions >= 0; insertions--) {
                    damaged = withWord(damaged);
                }
            }
        }
        return damaged;
    }

    /**
     * A text with some damage.
     *
     * @param whole what is right; not empty
     * @return other text, as a rule, of any characters
     */
    public String of(String whole) {
        byte[] damaged = of(whole.getBytes(StandardCharsets.UTF_8));
        return new String(damaged, StandardCharsets.UTF_8);
    }

    /**
     * One of several.
     *
     * @param choices at least one
     * @return any of them
     */
    public <T> T oneOf(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    /** A word over, or in front of, what stands at some place. */
    private byte[] withWord(byte[] bytes) {
        byte[] word = words.get(random.nextInt(words.size()));
        int at = random.nextInt(bytes.length + 1);
        int replaced = random.nextBoolean() ? 0 : Math.min(word.length, bytes.length - at);
        byte[] longer = Arrays.copyOf(bytes, bytes.length - replaced + word.length);
        System.arraycopy(word, 0, longer, at, word.length);
        System.arraycopy(bytes, at + replaced, longer, at + word.length, bytes.length - at - replaced);
        return longer;
    }
}
