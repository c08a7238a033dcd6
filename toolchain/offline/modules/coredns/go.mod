module koa-on-minikube/coredns
go 1.25
require github.com/coredns/coredns v1.12.1
