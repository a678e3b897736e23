global using Sluice.Tests.Support;
global using Xunit;
