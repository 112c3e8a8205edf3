package flexo.testing;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A directory on a disk that takes so many bytes and no more, with the words of the system: as a full disk or an exceeded
 * quota does, in the middle of a write, too. Everything else is as on the real one. Bytes of removed files are given back.
 */
public final class RefusingDisk {
    private final AtomicLong left;
    private final String message;
    private final FileSystemProvider provider;
    private final FileSystem fileSystem;
    private volatile boolean readOnly;
    /** Empty for none. */
    private volatile String kept = "";

    /**
     * A disk.
     *
     * @param bytes how many it takes
     * @param message what the system says when they are written, such as {@code Disk quota exceeded}
     */
    public RefusingDisk(long bytes, String message) {
        this.left = new AtomicLong(bytes);
        this.message = message;
        this.provider = new Provider();
        this.fileSystem = new Names();
    }

    /** Lets nothing be changed any more, or everything again. */
    public void readOnly(boolean now) {
        readOnly = now;
    }

    /**
     * Lets no file of a name be removed, as if somebody had made it immutable; another may take its place.
     *
     * @param name without a directory; empty for none
     */
    public void keep(String name) {
        kept = name;
    }

    private void change(Path path) throws IOException {
        if (readOnly) {
            throw new FileSystemException(path.toString(), null, "Read-only file system");
        }
    }

    /** Takes so many bytes more. */
    public void grow(long bytes) {
        left.addAndGet(bytes);
    }

    /** A real path as one of this disk. */
    public Path of(Path real) {
        InvocationHandler handler = (proxy, method, arguments) -> invoke(real, method, arguments);
        return (Path) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Path.class}, handler);
    }

    private Object invoke(Path real, Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("getFileSystem")) {
            return fileSystem;
        }
        Object[] unwrapped = arguments == null ? null : arguments.clone();
        for (int i = 0; unwrapped != null && i < unwrapped.length; i++) {
            unwrapped[i] = unwrapped[i] instanceof Path path ? real(path) : unwrapped[i];
        }
        try {
            Object result = method.invoke(real, unwrapped);
            return result instanceof Path path ? of(path) : result;
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** The real one behind a path of this disk, or of any other. */
    private static Path real(Path path) {
        return path.getFileSystem() instanceof Names ? Path.of(path.toString()) : path;
    }

    private void take(int bytes) throws IOException {
        if (left.addAndGet(-bytes) < 0) {
            left.addAndGet(bytes);
            throw new FileSystemException(null, null, message);
        }
    }

    private static FileSystemProvider below(Path real) {
        return real.getFileSystem().provider();
    }

    private final class Provider extends FileSystemProvider {
        @Override
        public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
                throws IOException {
            if (!options.isEmpty() && !Set.of(StandardOpenOption.READ).equals(options)) {
                change(path);
            }
            return new Channel(below(real(path)).newFileChannel(real(path), options, attributes));
        }

        @Override
        public SeekableByteChannel newByteChannel(
                Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
            return newFileChannel(path, options, attributes);
        }

        @Override
        public DirectoryStream<Path> newDirectoryStream(Path path, DirectoryStream.Filter<? super Path> filter)
                throws IOException {
            List<Path> all = new ArrayList<>();
            try (DirectoryStream<Path> real = below(real(path)).newDirectoryStream(real(path), filter)) {
                real.forEach(file -> all.add(of(file)));
            }
            return new DirectoryStream<>() {
                @Override
                public java.util.Iterator<Path> iterator() {
                    return all.iterator();
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public void createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
            if (!Files.isDirectory(real(path))) {
                change(path);
            }
            below(real(path)).createDirectory(real(path), attributes);
        }

        @Override
        public void delete(Path path) throws IOException {
            change(path);
            if (path.getFileName().toString().equals(kept)) {
                throw new FileSystemException(path.toString(), null, "Operation not permitted");
            }
            BasicFileAttributes before = readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            below(real(path)).delete(real(path));
            left.addAndGet(before.isRegularFile() ? before.size() : 0);
        }

        @Override
        public void copy(Path source, Path target, CopyOption... options) throws IOException {
            below(real(source)).copy(real(source), real(target), options);
        }

        @Override
        public void move(Path source, Path target, CopyOption... options) throws IOException {
            change(source);
            below(real(source)).move(real(source), real(target), options);
        }

        @Override
        public boolean isSameFile(Path path, Path other) throws IOException {
            return below(real(path)).isSameFile(real(path), real(other));
        }

        @Override
        public boolean isHidden(Path path) throws IOException {
            return below(real(path)).isHidden(real(path));
        }

        @Override
        public FileStore getFileStore(Path path) throws IOException {
            return below(real(path)).getFileStore(real(path));
        }

        @Override
        public void checkAccess(Path path, AccessMode... modes) throws IOException {
            below(real(path)).checkAccess(real(path), modes);
        }

        @Override
        public <V extends FileAttributeView> V getFileAttributeView(Path path, Class<V> type, LinkOption... options) {
            return below(real(path)).getFileAttributeView(real(path), type, options);
        }

        @Override
        public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options)
                throws IOException {
            return below(real(path)).readAttributes(real(path), type, options);
        }

        @Override
        public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
                throws IOException {
            return below(real(path)).readAttributes(real(path), attributes, options);
        }

        @Override
        public void setAttribute(Path path, String attribute, Object value, LinkOption... options) throws IOException {
            below(real(path)).setAttribute(real(path), attribute, value, options);
        }

        @Override
        public String getScheme() {
            return "refusing";
        }

        @Override
        public FileSystem newFileSystem(URI uri, Map<String, ?> env) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileSystem getFileSystem(URI uri) {
            return fileSystem;
        }

        @Override
        public Path getPath(URI uri) {
            throw new UnsupportedOperationException();
        }
    }

    /** What is asked of a file system beside its files. */
    private final class Names extends FileSystem {
        @Override
        public FileSystemProvider provider() {
            return provider;
        }

        @Override
        public void close() {}

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public boolean isReadOnly() {
            return false;
        }

        @Override
        public String getSeparator() {
            return "/";
        }

        @Override
        public Iterable<Path> getRootDirectories() {
            return List.of(of(Path.of("/")));
        }

        @Override
        public Iterable<FileStore> getFileStores() {
            return List.of();
        }

        @Override
        public Set<String> supportedFileAttributeViews() {
            return Path.of("/").getFileSystem().supportedFileAttributeViews();
        }

        @Override
        public Path getPath(String first, String... more) {
            return of(Path.of(first, more));
        }

        @Override
        public PathMatcher getPathMatcher(String syntaxAndPattern) {
            throw new UnsupportedOperationException();
        }

        @Override
        public UserPrincipalLookupService getUserPrincipalLookupService() {
            throw new UnsupportedOperationException();
        }

        @Override
        public WatchService newWatchService() {
            throw new UnsupportedOperationException();
        }
    }

    /** A real file, of which the disk takes no more than it has left. */
    private final class Channel extends FileChannel {
        private final FileChannel real;

        Channel(FileChannel real) {
            this.real = real;
        }

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            take(bytes.remaining());
            return real.write(bytes);
        }

        @Override
        public int write(ByteBuffer bytes, long position) throws IOException {
            take(bytes.remaining());
            return real.write(bytes, position);
        }

        @Override
        public long write(ByteBuffer[] bytes, int offset, int length) throws IOException {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            return real.read(target);
        }

        @Override
        public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
            return real.read(targets, offset, length);
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return real.read(target, position);
        }

        @Override
        public long position() throws IOException {
            return real.position();
        }

        @Override
        public FileChannel position(long position) throws IOException {
            real.position(position);
            return this;
        }

        @Override
        public long size() throws IOException {
            return real.size();
        }

        @Override
        public FileChannel truncate(long size) throws IOException {
            real.truncate(size);
            return this;
        }

        @Override
        public void force(boolean metadata) throws IOException {
            real.force(metadata);
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
            return real.transferTo(position, count, target);
        }

        @Override
        public long transferFrom(ReadableByteChannel source, long position, long count) {
            throw new UnsupportedOperationException();
        }

        @Override
        public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
            return real.map(mode, position, size);
        }

        @Override
        public FileLock lock(long position, long size, boolean shared) throws IOException {
            return real.lock(position, size, shared);
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) throws IOException {
            return real.tryLock(position, size, shared);
        }

        @Override
        protected void implCloseChannel() throws IOException {
            real.close();
        }
    }
}
