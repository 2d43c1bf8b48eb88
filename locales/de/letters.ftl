letter-footer = Diesen Brief hat Anteroom unter { $url } gesendet. Falls Sie ihn nicht erwartet haben, müssen Sie nichts tun.

letter-request-submitted-name = Hinweis an die Administration
letter-request-submitted-subject = { $name } möchte { $organisation } beitreten
letter-request-submitted-text =
    { $name } ({ $email }) möchte { $organisation } beitreten.

    Öffnen Sie die Anfrage, um sie anzunehmen oder abzulehnen.
letter-request-submitted-button = Anfrage annehmen

letter-invitation-name = Einladung
letter-invitation-subject = { $organisation } lädt Sie ein
letter-invitation-text =
    { $inviter } lädt Sie zu { $organisation } (Kundennummer { $number }) ein.

    Mit dieser Einladung bekommen Sie ein Konto bei { $organisation }. Der Link ist nur für Sie und gilt { $hours } Stunden.
letter-invitation-button = Einladung öffnen

letter-welcome-name = Willkommensbrief
letter-welcome-subject = Willkommen bei { $organisation }
letter-welcome-text =
    Sie sind jetzt Mitglied von { $organisation } (Kundennummer { $number }).

    { $rights ->
        [restricted] Ihr Zugang ist eingeschränkt, bis Ihnen die Administration Rechte zuweist. Bis dahin erreichen Sie die Startseite, die häufigen Fragen, die Rückmeldung und Ihre Einstellungen.
        [roles] Ihre Rollen: { $roles }. Was sie öffnen, steht in der Seitenleiste.
       *[unnamed] Was Sie öffnen können, steht in der Seitenleiste.
    }

    Ihren Namen, Ihre Sprache, Ihre Zeitzone und den zweiten Faktor finden Sie unter „Einstellungen“.
letter-welcome-button = Zur Startseite

letter-roles-changed-name = Rollen geändert
letter-roles-changed-subject = Ihre Rollen bei { $organisation } haben sich geändert
letter-roles-changed-text =
    { $gives ->
        [yes] Sie haben bei { $organisation } diese Rollen bekommen: { $given }.
       *[no] Ihnen wurden bei { $organisation } Rollen entzogen.
    }

    { $takes ->
        [yes] Nicht mehr haben Sie: { $taken }.
       *[no] Was sie öffnen, steht in der Seitenleiste.
    }
letter-roles-changed-button = Zur Startseite

letter-waits-for-rights-name = Hinweis: wartet auf Rechte
letter-waits-for-rights-subject = { $name } ist { $organisation } beigetreten und wartet auf Rechte
letter-waits-for-rights-text =
    { $name } ({ $email }) hat die Einladung zu { $organisation } angenommen.

    Das neue Mitglied hat noch keine Rechte. Weisen Sie eine Rolle zu, wenn Sie so weit sind.
letter-waits-for-rights-button = Rechte zuweisen

letter-password-reset-name = Neues Passwort
letter-password-reset-subject = Neues Passwort setzen
letter-password-reset-text =
    Jemand, hoffentlich Sie, möchte ein neues Passwort für Ihr Konto setzen.

    Der Link gilt einmal und eine Stunde lang. Waren Sie es nicht, tun Sie nichts: Ihr Passwort bleibt, wie es ist.
letter-password-reset-button = Neues Passwort wählen

letter-password-changed-name = Passwort geändert
letter-password-changed-subject = Ihr Passwort wurde geändert
letter-password-changed-text =
    Das Passwort Ihres Kontos wurde geändert, und alle anderen Sitzungen wurden beendet.

    Waren Sie es nicht, setzen Sie sofort ein neues Passwort.

letter-email-proof-name = Neue Adresse
letter-email-proof-subject = Bestätigen Sie Ihre neue Adresse
letter-email-proof-text =
    Jemand, hoffentlich Sie, möchte { $new } für sein Konto verwenden.

    Öffnen Sie den Link, während Sie angemeldet sind, und bestätigen Sie. Er gilt einmal und einen Tag lang.
letter-email-proof-button = Adresse bestätigen

letter-email-change-asked-name = Adressänderung angefragt
letter-email-change-asked-subject = Ihre Adresse soll geändert werden
letter-email-change-asked-text =
    Jemand, hoffentlich Sie, möchte die Adresse Ihres Kontos in { $new } ändern.

    Noch ist nichts geändert. Waren Sie es nicht, ändern Sie jetzt Ihr Passwort.

letter-email-changed-name = Adresse geändert
letter-email-changed-subject = Ihre Adresse wurde geändert
letter-email-changed-text =
    Die Adresse Ihres Kontos ist jetzt { $new }. Links, die an dieses Postfach gingen, gelten nicht mehr.

    Waren Sie es nicht, sagen Sie es sofort dem Betreiber der Seite.

letter-email-dropped-name = Adresse gilt nicht mehr
letter-email-dropped-subject = Diese Adresse ist nicht mehr die Ihres Kontos
letter-email-dropped-text =
    { $way } bestätigt nicht mehr, dass diese Adresse zu dem Konto gehört, das sie hatte. Niemand kann sich damit anmelden, und Links für dieses Konto kommen nicht mehr hierher.

    Gehört sie weiterhin Ihnen, melden Sie sich mit dem Anbieter an oder bestätigen Sie die Adresse in Ihren Einstellungen.

letter-way-in-added-name = Weg zur Anmeldung hinzugefügt
letter-way-in-added-subject = { $way } wurde mit Ihrem Konto verknüpft
letter-way-in-added-text =
    Ab jetzt handelt { $way } für Ihr Konto.

    Waren Sie es nicht, entfernen Sie es in Ihren Einstellungen und ändern Sie sofort Ihr Passwort.

letter-way-in-removed-name = Weg zur Anmeldung entfernt
letter-way-in-removed-subject = { $way } wurde von Ihrem Konto entfernt
letter-way-in-removed-text =
    { $way } handelt nicht mehr für Ihr Konto.

    Waren Sie es nicht, setzen Sie sofort ein neues Passwort.

letter-link-proof-name = Link zum Hinzufügen eines Anbieters
letter-link-proof-subject = { $way } mit Ihrem Konto verknüpfen
letter-link-proof-text =
    Jemand, hoffentlich Sie, hat sich mit { $way } angemeldet und möchte damit Ihr Konto erreichen.

    Öffnen Sie den Link in dem Browser, in dem Sie sich angemeldet haben, und bestätigen Sie. Er gilt einmal und eine halbe Stunde lang. Waren Sie es nicht, brauchen Sie nichts zu tun.
letter-link-proof-button = Anbieter verknüpfen

letter-codes-renewed-name = Neue Wiederherstellungscodes
letter-codes-renewed-subject = Neue Wiederherstellungscodes wurden erzeugt
letter-codes-renewed-text =
    Die Wiederherstellungscodes Ihres Kontos wurden durch neue ersetzt. Die bisherigen gelten nicht mehr.

    Waren Sie es nicht, setzen Sie sofort ein neues Passwort und sagen Sie es dem Betreiber der Seite.

letter-factor-on-name = Zweiter Faktor an
letter-factor-on-subject = Ihr zweiter Faktor wurde eingeschaltet
letter-factor-on-text =
    Ab jetzt braucht die Anmeldung einen Code Ihrer Authenticator-App.

    Waren Sie es nicht, sagen Sie es sofort dem Betreiber der Seite.

letter-factor-off-name = Zweiter Faktor aus
letter-factor-off-subject = Ihr zweiter Faktor wurde ausgeschaltet
letter-factor-off-text =
    Ab jetzt genügt Ihr Passwort, um sich anzumelden.

    Waren Sie es nicht, setzen Sie sofort ein neues Passwort.

letter-sign-up-name = Bestätigung der Adresse
letter-sign-up-subject = Bestätigen Sie Ihre Adresse, um sich zu registrieren
letter-sign-up-text =
    Jemand, hoffentlich Sie, möchte sich mit dieser Adresse registrieren.

    Öffnen Sie den Link und wählen Sie einen Namen und ein Passwort. Er gilt einmal, einen Tag lang.
letter-sign-up-button = Konto anlegen

letter-sign-up-known-name = Bestätigung der Adresse
letter-sign-up-known-subject = Sie haben bereits ein Konto
letter-sign-up-known-text =
    Jemand, hoffentlich Sie, wollte sich mit dieser Adresse registrieren. Sie hat bereits ein Konto: Melden Sie sich damit an.

    Wenn Sie das Passwort vergessen haben, setzen Sie von der Anmeldeseite aus ein neues.
letter-sign-up-known-button = Anmelden

letter-request-rejected-name = Absage
letter-request-rejected-subject = Ihre Anfrage an { $organisation }
letter-request-rejected-text =
    Die Administration von { $organisation } hat entschieden, Ihrer Zugangsanfrage nicht zuzustimmen.

    { $known ->
        [yes] Wenn Sie das für ein Versehen halten, fragen Sie { $contact }.
       *[no] Wenn Sie das für ein Versehen halten, fragen Sie dort nach.
    }

letter-domain-missing-name = Eintrag einer Domain fehlt
letter-domain-missing-subject = Der Eintrag für { $domain } fehlt
letter-domain-missing-text =
    { $organisation } hat die Domain { $domain } bestätigt, aber den TXT-Eintrag { $record } gibt es nicht mehr.

    Bitte legen Sie ihn wieder an. Fehlt er drei Tage lang, gilt die Domain als nicht bestätigt.
letter-domain-missing-button = Einstellungen öffnen

letter-domain-lapsed-name = Domain nicht mehr bestätigt
letter-domain-lapsed-subject = { $domain } ist nicht mehr bestätigt
letter-domain-lapsed-text =
    Der TXT-Eintrag { $record } fehlt seit drei Tagen, deshalb führt { $domain } niemanden mehr zu { $organisation }.

    Legen Sie den Eintrag an und prüfen Sie ihn, um die Domain wieder zu bestätigen.
letter-domain-lapsed-button = Einstellungen öffnen

letter-roles-withheld-name = Nachricht: Rollen zurückgehalten
letter-roles-withheld-subject = { $name } ist { $organisation } ohne einige Rollen beigetreten
letter-roles-withheld-text =
    { $name } ({ $email }) hat die Einladung zu { $organisation } angenommen.

    { $inviter } hat sie gesendet, darf diese Rollen aber nicht mehr geben. Sie wurden daher nicht gegeben: { $roles }. Weisen Sie sie selbst zu, wenn sie richtig sind.
letter-roles-withheld-button = Mitglied öffnen

letter-removed-name = Nachricht: Mitgliedschaft beendet
letter-removed-subject = Ihre Mitgliedschaft in { $organisation } ist beendet
letter-removed-text =
    Ihre Mitgliedschaft in { $organisation } (Kundennummer { $number }) wurde von der Verwaltung beendet. Sie erreichen die Organisation nicht mehr.

    { $known ->
        [yes] Bei Fragen wenden Sie sich an: { $contact }
       *[no] Bei Fragen wenden Sie sich an die Organisation.
    }
letter-request-expired-name = Nachricht: Anfrage abgelaufen
letter-request-expired-subject = Ihre Anfrage an { $organisation } ist abgelaufen
letter-request-expired-text =
    Bei { $organisation } hat niemand rechtzeitig über Ihre Anfrage entschieden, daher ist sie abgelaufen.

    Sie können jederzeit erneut anfragen.
letter-request-expired-button = Anfrage ansehen

letter-member-left-name = Nachricht: Zugang gekündigt
letter-member-left-subject = { $name } hat { $organisation } verlassen
letter-member-left-text =
    { $name } ({ $email }) hat den eigenen Zugang zu { $organisation } (Kundennummer { $number }) gekündigt.
letter-member-left-button = Mitglieder öffnen
letter-feedback-name = Feedback
letter-feedback-subject = Feedback zu { $organisation } von { $name }
letter-feedback-text =
    { $name } ({ $email }) aus { $organisation } (Kundennummer { $number }) hat Ihnen geschrieben:
letter-organisation-closes-name = Nachricht: Organisation schließt
letter-organisation-closes-subject = { $organisation } schließt in sieben Tagen
letter-organisation-closes-text =
    { $name } hat entschieden, { $organisation } (Kundennummer { $number }) hier zu schließen. In sieben Tagen kommt niemand mehr hinein.

    { $known ->
        [yes] Bei Fragen wenden Sie sich an { $contact }.
       *[no] Bei Fragen wenden Sie sich an die Organisation.
    }
letter-organisation-stays-name = Nachricht: Organisation bleibt
letter-organisation-stays-subject = { $organisation } bleibt offen
letter-organisation-stays-text =
    { $organisation } (Kundennummer { $number }) schließt doch nicht. Sie brauchen nichts zu tun.
letter-organisation-stays-button = Anteroom öffnen
letter-request-closed-name = Antwort: Organisation geschlossen
letter-request-closed-subject = { $organisation } ist geschlossen
letter-request-closed-text =
    Sie haben um Zugang zu { $organisation } gebeten. Die Organisation ist hier geschlossen, also kann Ihnen niemand mehr antworten. Ihre Anfrage ist beendet.
letter-account-leaves-name = Nachricht: Konto wird gelöscht
letter-account-leaves-subject = Ihr Konto wird in sieben Tagen gelöscht
letter-account-leaves-text =
    Sie haben darum gebeten, Ihr Konto zu löschen. Das geschieht in sieben Tagen.

    Wenn Sie es sich anders überlegen oder wenn Sie es nicht waren, melden Sie sich an und behalten Sie Ihr Konto.
letter-account-leaves-button = Mein Konto behalten

letter-requests-digest-name = Täglicher Brief über neue Anfragen
letter-requests-digest-subject = { $organisation }: neue Zugangsanfragen ({ $n })
letter-requests-digest-text =
    Diese Anfragen sind seit dem letzten täglichen Brief bei { $organisation } eingegangen und noch offen. Neue: { $n }.
letter-requests-digest-button = Zugangsanfragen öffnen
letter-seal-head-name = Tägliches Siegel des Verlaufs
letter-seal-head-subject = { $organisation }: das neueste Siegel des Verlaufs
letter-seal-head-text =
    Unten steht das neueste Siegel des Verlaufs von { $organisation }. Bewahren Sie diese E-Mail auf: Mit ihr kann geprüft werden, dass vom Verlauf bis jetzt nichts abgeschnitten oder neu geschrieben wurde (anteroom verify --witness).

    Sie erhalten sie einmal am Tag, wenn es Neues gibt, weil Sie den Verlauf durch eine eigene Rolle einsehen dürfen.
letter-seal-head-button = Verlauf öffnen

letter-contact-asks-name = Mitteilung an die Administration
letter-contact-asks-subject = { $name } bittet { $organisation } im Chat um Zugang
letter-contact-asks-text =
    { $name } ({ $identifier }) hat dem Konnektor { $connector } von { $organisation } geschrieben und ist noch nicht zugelassen.

    Niemand wird eingelassen, bis jemand aus der Administration entscheidet.
letter-contact-asks-button = Anfrage genehmigen
