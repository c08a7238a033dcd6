module koa-on-minikube/metrics-server

go 1.26.2

require sigs.k8s.io/metrics-server v0.8.0
