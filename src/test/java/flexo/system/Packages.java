package flexo.system;

import java.util.List;

/** The packages of the fixture mirror that tests ask for by name. */
final class Packages {
    /** The large one; its transfer can be met half-way. */
    static final String LARGE = "big-game-data";

    /** Start of the path of its file in URLs. */
    static final String LARGE_PATH = "/extra/os/x86_64/big-game-data-";

    /** A handful of small ones, with the names that break careless programs; what they depend on comes along. */
    static final List<String> FEW = List.of("libstdc++5", "zlib", "openbsd-manpages@7", "ttf-dejavu");

    /** Thirty with every kind of awkward name and version, the large and the middle-sized ones among them. */
    static final List<String> THIRTY = List.of(
            LARGE,
            "firefox",
            "firefox-i18n-de",
            "linux",
            "linux-headers",
            "systemd",
            "gtk",
            "gtk3",
            "gtk3-demos",
            "gtk4",
            "gtk-doc",
            "libstdc++5",
            "libsigc++",
            "libsigc++-3.0",
            "c++utilities",
            "vim",
            "0ad",
            "7zip",
            "go",
            "git",
            "r",
            "python-foo",
            "python-foo-bar",
            "python-foo2",
            "jdk-openjdk",
            "openbsd-netcat",
            "openbsd-manpages@7",
            "ttf-dejavu",
            "emptyish",
            "archlinux-keyring");

    private Packages() {}
}
