package flexo.architecture.planted.single.web;

interface Outer {
    interface InnerHelper {}
}
