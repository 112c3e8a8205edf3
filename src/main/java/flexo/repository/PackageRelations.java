package flexo.repository;

import java.util.List;

/**
 * What a repository database says about a package's relations to others.
 *
 * @param name {@code %NAME%}
 * @param fileName {@code %FILENAME%}, as in {@link PackageFile}
 * @param sizeBytes {@code %CSIZE%}, as in {@link PackageFile}
 * @param provides {@code %PROVIDES%}: names, perhaps each with a version behind an equals sign
 * @param depends {@code %DEPENDS%}: names, perhaps each with a condition for the version behind it
 */
public record PackageRelations(
        String name, String fileName, long sizeBytes, List<String> provides, List<String> depends) {}
