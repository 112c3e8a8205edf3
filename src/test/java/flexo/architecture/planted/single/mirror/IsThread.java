package flexo.architecture.planted.single.mirror;

final class IsThread extends Thread {}
