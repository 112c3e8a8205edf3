package flexo.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Parses values without a unit: numbers, booleans, words, paths, country codes. */
final class PlainValues {
    private static final Pattern DIGITS = Pattern.compile("[+-]?\\d{1,18}");
    private static final Pattern DECIMAL = Pattern.compile("\\d{1,9}(\\.\\d{1,9})?");
    private static final Set<String> COUNTRIES = Set.of(Locale.getISOCountries());
    /** The user-assigned codes of ISO 3166; Kosovo's XK is one of them. */
    private static final Pattern USER_ASSIGNED = Pattern.compile("AA|Q[M-Z]|X[A-Z]|ZZ");

    private static final Pattern HOST = Pattern.compile("[0-9A-Za-z.:_%*\\[\\]-]+");

    private PlainValues() {}

    static Optional<Long> wholeNumber(String text, long least, long most) {
        if (!DIGITS.matcher(text).matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(text);
        return number < least || number > most ? Optional.empty() : Optional.of(number);
    }

    static Optional<Double> decimal(String text) {
        return DECIMAL.matcher(text).matches() ? Optional.of(Double.valueOf(text)) : Optional.empty();
    }

    /** {@return a fraction from 0 to 1} Written as {@code 80 %}, or as the plain number 80. */
    static Optional<Double> percentage(String text) {
        return Quantity.parse(text)
                .filter(quantity -> quantity.unit().isEmpty() || quantity.unit().equals("%"))
                .map(quantity -> quantity.number().movePointLeft(2).doubleValue())
                .filter(share -> share <= 1);
    }

    static Optional<Boolean> yesOrNo(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    /** {@return a parser of the names of an enum's constants} */
    static <E extends Enum<E>> ValueParser<E> words(Class<E> type) {
        String expected = Arrays.stream(type.getEnumConstants())
                .map(constant -> '"' + constant.name().toLowerCase(Locale.ROOT) + '"')
                .collect(Collectors.joining(" or "));
        return ValueParser.of(expected, text -> word(type, text));
    }

    static <E extends Enum<E>> Optional<E> word(Class<E> type, String text) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().equalsIgnoreCase(text))
                .findFirst();
    }

    /** Relative paths are refused, since the working directory of a container is unknown. */
    static Optional<Path> absolutePath(String text) {
        try {
            return Optional.of(Path.of(text)).filter(Path::isAbsolute).map(Path::normalize);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** {@return a directory below the cache directory, without leading and trailing slashes} */
    static Optional<String> cacheFolder(String text) {
        String path = text.replaceAll("^/+|/+$", "");
        return Optional.of(path)
                .filter(it -> Arrays.stream(it.split("/", -1))
                        .noneMatch(segment -> segment.isEmpty()
                                || segment.startsWith(".")
                                || segment.chars().anyMatch(c -> c == '\\' || Character.isISOControl(c))));
    }

    /** An address or a name of one: for an address that does not exist, Tomcat would listen on every address. May ask a name server. */
    static Optional<String> listenAddress(String text) {
        return Optional.of(text)
                .filter(address -> HOST.matcher(address).matches())
                .filter(PlainValues::exists);
    }

    private static boolean exists(String host) {
        try {
            return InetAddress.getByName(host) != null;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    static Optional<String> country(String text) {
        String code = text.toUpperCase(Locale.ROOT);
        return Optional.of(code)
                .filter(it ->
                        COUNTRIES.contains(it) || USER_ASSIGNED.matcher(it).matches());
    }
}
