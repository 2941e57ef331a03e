# The sweeps command with head, agent and worker for NVIDIA GPUs. Its libtorch is PyTorch's own build for CUDA.
#   docker build -f docker/gpu.Dockerfile -t sweeps-gpu .
#   docker run --gpus all -v sweeps:/home/sweeps -v "$PWD":/workspace sweeps-gpu run experiments/quickstart.yaml
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS dotnet

FROM nvidia/cuda:12.4.1-devel-ubuntu22.04 AS build
ARG LIBTORCH_URL=https://download.pytorch.org/libtorch/cu124/libtorch-cxx11-abi-shared-with-deps-2.5.1%2Bcu124.zip
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl g++ unzip \
    && curl -fsSL "$LIBTORCH_URL" -o /tmp/libtorch.zip \
    && unzip -q /tmp/libtorch.zip -d /opt \
    && rm /tmp/libtorch.zip
COPY --from=dotnet /usr/share/dotnet /usr/share/dotnet
ENV LIBTORCH=/opt/libtorch
WORKDIR /opt/sweeps
COPY Directory.Build.props Directory.Build.targets Directory.Packages.props global.json ./
COPY eng eng
COPY compat compat
COPY src src
RUN eng/setup sweeps

# The libtorch above brings CUDA's libraries with it; the driver comes from the host.
FROM nvidia/cuda:12.4.1-base-ubuntu22.04
COPY --from=mcr.microsoft.com/dotnet/aspnet:10.0 /usr/share/dotnet /usr/share/dotnet
COPY --from=build /opt/libtorch/lib /opt/libtorch/lib
COPY --from=build /opt/sweeps/artifacts/bin/Sweeps.Cli /opt/sweeps/artifacts/bin/Sweeps.Cli
COPY --from=build /opt/sweeps/artifacts/bin/Sweeps.Worker /opt/sweeps/artifacts/bin/Sweeps.Worker
ENV PATH=/usr/share/dotnet:$PATH DOTNET_ROOT=/usr/share/dotnet SWEEPS_HOME=/home/sweeps
# For a container that does not run as root, as in compose.yaml.
RUN mkdir /home/sweeps && chown 1654:1654 /home/sweeps
VOLUME /home/sweeps
WORKDIR /workspace
ENTRYPOINT ["dotnet", "/opt/sweeps/artifacts/bin/Sweeps.Cli/release/sweeps.dll"]
CMD ["--help"]
