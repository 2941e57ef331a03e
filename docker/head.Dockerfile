# The sweeps command without a trainer: a head for agents elsewhere; check and plan sweep files, look at results. It holds no torch.
#   docker build -f docker/head.Dockerfile -t sweeps-head .
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY Directory.Build.props Directory.Build.targets Directory.Packages.props global.json ./
COPY eng eng
COPY compat compat
COPY src src
RUN eng/choose-packages && dotnet build src/Sweeps.Cli -c Release -p:WithWorker=false

FROM mcr.microsoft.com/dotnet/aspnet:10.0
COPY --from=build /source/artifacts/bin/Sweeps.Cli/release /opt/sweeps
ENV SWEEPS_HOME=/home/sweeps
# For a container that does not run as root, as in compose.yaml.
RUN mkdir /home/sweeps && chown 1654:1654 /home/sweeps
VOLUME /home/sweeps
WORKDIR /workspace
ENTRYPOINT ["dotnet", "/opt/sweeps/sweeps.dll"]
CMD ["--help"]
