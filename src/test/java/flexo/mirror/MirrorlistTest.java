package flexo.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MirrorlistTest {

    private static final Mirror A = Mirror.of("https://a.example/archlinux/");
    private static final Mirror B = Mirror.of("http://127.0.0.1:9101/");

    @Test
    void serversAreReadInTheirOrder() {
        Mirrorlist list = Mirrorlist.parse("""
                ## Arch Linux repository mirrorlist

                Server = https://a.example/archlinux/$repo/os/$arch
                  Server=http://127.0.0.1:9101/$repo/os/$arch   # the one below the desk
                #Server = https://commented.example/$repo/os/$arch
                """);

        assertThat(list.mirrors()).containsExactly(A, B);
        assertThat(list.complaints()).isEmpty();
    }

    @Test
    void whatIsPrintedIsReadBack() {
        Mirrorlist list = Mirrorlist.of(List.of(B, A));

        assertThat(list.print()).contains("\nServer = http://127.0.0.1:9101/$repo/os/$arch\nServer = https://a.");
        assertThat(Mirrorlist.parse(list.print())).isEqualTo(list);
    }

    @Test
    void oneMirrorListedTwiceIsOneMirrorAtItsBetterPlace() {
        assertThat(Mirrorlist.of(List.of(A, B, A)).mirrors()).containsExactly(A, B);
        assertThat(Mirrorlist.parse(
                                "Server = https://A.example//archlinux/$repo/os/$arch\nServer = https://a.example/archlinux/$repo/os/$arch")
                        .mirrors())
                .containsExactly(A);
    }

    @Test
    void malformedLinesAreReportedWithTheirNumberAndTheOthersStay() {
        Mirrorlist list = Mirrorlist.parse("""
                Sever = https://typo.example/$repo/os/$arch
                Server = https://a.example/archlinux/$repo/os/$arch
                Server = rsync://r.example/$repo/os/$arch
                Server = https://nowhere.example/core/os/x86_64
                Server = https://anna:s3cret@half.example/x$repo/os/$arch
                Server =
                \u0000\u0001 binary
                """);

        assertThat(list.mirrors()).containsExactly(A);
        assertThat(list.complaints())
                .hasSize(6)
                .allSatisfy(complaint -> assertThat(complaint).doesNotContain("s3cret"))
                .first()
                .asString()
                .isEqualTo("line 1 is left out: \"Sever = https://typo.example/$repo/os/$arch\""
                        + " is not of the form Server = https://mirror/$repo/os/$arch");
        assertThat(list.complaints().get(1)).startsWith("line 3 ").contains("http:// or https://");
        assertThat(list.complaints().get(2)).startsWith("line 4 ").contains("$repo/os/$arch");
    }

    @Test
    void flexosOwnListOfBareAddressesIsUnderstood() {
        assertThat(Mirrorlist.parse("https://a.example/archlinux\nhttp://127.0.0.1:9101/\n"))
                .isEqualTo(Mirrorlist.of(List.of(A, B)));
    }

    @Test
    void armMirrorsWriteTheArchitectureFirst() {
        assertThat(Mirrorlist.parse("Server = http://127.0.0.1:9101/$arch/$repo")
                        .mirrors())
                .containsExactly(B);
    }

    @Test
    void emptyTextIsAnEmptyListWithoutComplaint() {
        assertThat(Mirrorlist.parse("")).isEqualTo(Mirrorlist.of(List.of()));
    }

    @Test
    void typingErrorInTheFirstLineCostsThatLineAlone() {
        Mirrorlist list = Mirrorlist.parse("""
                Server = https://typo.example/$repo/os/$aarch
                Server = https://a.example/archlinux/$repo/os/$arch
                Server = http://127.0.0.1:9101/$repo/os/$arch
                """);

        assertThat(list.mirrors()).containsExactly(A, B);
        assertThat(list.complaints())
                .singleElement()
                .asString()
                .startsWith("line 1 is left out: ")
                .contains("https://typo.example/", "continue with /$repo/os/$arch");
    }

    @Test
    void amongAsManyOfEitherLayoutTheFirstCounts() {
        Mirrorlist list = Mirrorlist.parse(
                "Server = https://a.example/archlinux/$repo/os/$arch\nServer = http://127.0.0.1:9101/$arch/$repo\n");

        assertThat(list.mirrors()).containsExactly(A);
        assertThat(list.complaints()).singleElement().asString().startsWith("line 2 is left out: ");
    }

    @Test
    void typingErrorInTheListOfAnUnofficialRepositoryCostsItsLineAlone() {
        Mirrorlist list = Mirrorlist.parseUnofficial("""
                Server = https://typo.example/repo/$aarch
                Server = https://a.example/archlinux/
                Server = http://127.0.0.1:9101/
                """);

        assertThat(list.mirrors()).containsExactly(A, B);
        assertThat(list.complaints()).hasSize(1);
    }
}
