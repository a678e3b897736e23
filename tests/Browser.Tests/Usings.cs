global using Microsoft.Playwright;
global using Sluice.Tests.Support;
global using Xunit;
global using static Microsoft.Playwright.Assertions;

[assembly: AssemblyFixture(typeof(EventPlatform.Browser.Tests.Site))]
