package flexo.config;

import flexo.upstream.Credential;
import java.util.List;
import java.util.Optional;

/**
 * The credential fields of a table: {@code user} with {@code password} or {@code password_file}, or {@code token} or
 * {@code token_file}.
 *
 * @param user for Basic
 * @param password for Basic
 * @param passwordFile the file with the password
 * @param token for Bearer
 * @param tokenFile the file with the token
 */
record CredentialsFields(
        Key<String> user, Key<Secret> password, Key<Secret> passwordFile, Key<Secret> token, Key<Secret> tokenFile) {

    /** {@return the fields of the tables of a setting} */
    static CredentialsFields of(String table) {
        return new CredentialsFields(
                new Key<>(table + ".user", OutboundValues::user),
                new Key<>(table + ".password", OutboundValues::secret),
                new Key<>(table + ".password_file", SecretFile::parse),
                new Key<>(table + ".token", OutboundValues::secret),
                new Key<>(table + ".token_file", SecretFile::parse));
    }

    List<Key<?>> all() {
        return List.of(user, password, passwordFile, token, tokenFile);
    }

    /** {@return a table's credentials; empty if it has none, or they are wrong, which is noted} */
    Optional<Credential> in(TableReading table) {
        table.atMostOne(password, passwordFile);
        table.atMostOne(token, tokenFile);
        boolean hasPassword = table.has(password) || table.has(passwordFile);
        if (table.has(user) && !hasPassword) {
            table.wrong(user, "needs password or password_file beside it");
        }
        if (hasPassword && !table.has(user)) {
            table.wrong(table.has(password) ? password : passwordFile, "needs user beside it");
        }
        if (table.has(user) && (table.has(token) || table.has(tokenFile))) {
            table.wrong(table.has(token) ? token : tokenFile, "cannot be set together with user");
        }
        Optional<String> name = table.value(user);
        Optional<Secret> word = table.value(password).or(() -> table.value(passwordFile));
        Optional<Secret> bearer = table.value(token).or(() -> table.value(tokenFile));
        return bearer.map(secret -> Credential.bearer(secret.value()))
                .or(() -> name.flatMap(it -> word.map(secret -> Credential.basic(it, secret.value()))));
    }
}
