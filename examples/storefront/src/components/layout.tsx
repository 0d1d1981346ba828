import { Link, NavLink, Outlet, ScrollRestoration } from 'react-router';

export const Layout = () => (
  <>
    <header>
      <Link className="brand" to="/">
        Halo &amp; Reed
      </Link>
      <nav>
        <NavLink to="/" end>
          Shop
        </NavLink>
        <NavLink to="/gallery">Gallery</NavLink>
        <NavLink to="/journal">Journal</NavLink>
      </nav>
    </header>
    <main>
      <Outlet />
    </main>
    <footer>An example shop on federated media.</footer>
    <ScrollRestoration />
  </>
);
