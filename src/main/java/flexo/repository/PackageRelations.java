package flexo.repository;

import java.util.List;

/**
 * The entry of a repository database for a package's relations to others.
 *
 * @param name {@code %NAME%}
 * @param fileName {@code %FILENAME%}, as in {@link PackageFile}
 * @param sizeBytes {@code %CSIZE%}, as in {@link PackageFile}
 * @param provides {@code %PROVIDES%}: names, optionally with a version behind an equals sign
 * @param depends {@code %DEPENDS%}: names, optionally with a version condition
 */
public record PackageRelations(
        String name, String fileName, long sizeBytes, List<String> provides, List<String> depends) {}
