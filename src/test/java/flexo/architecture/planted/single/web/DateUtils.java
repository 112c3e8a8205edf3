package flexo.architecture.planted.single.web;

interface DateUtils {}
