package flexo.architecture.planted.single.web;

interface CacheManager {}
